// Every scenario by its name. A seed draws one; its place in this list matters to recorded seeds.

import type { Scenario, ScenarioWorld } from './scenario.ts'
import { CounterScenario } from './scenarios/counter.ts'
import { MutexScenario } from './scenarios/mutex.ts'
import { TreeCacheScenario } from './scenarios/tree-cache.ts'

export type ScenarioName = 'mutex' | 'counter' | 'treeCache'

export const SCENARIOS: Readonly<Record<ScenarioName, new (world: ScenarioWorld) => Scenario>> = {
  mutex: MutexScenario,
  counter: CounterScenario,
  treeCache: TreeCacheScenario,
}
