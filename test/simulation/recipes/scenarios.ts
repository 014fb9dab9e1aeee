// Every scenario by its name. A seed draws one: its place in this list matters to recorded seeds.

import type { Scenario, ScenarioWorld } from './scenario.ts'
import { MutexScenario } from './scenarios/mutex.ts'

export type ScenarioName = 'mutex'

export const SCENARIOS: Readonly<Record<ScenarioName, new (world: ScenarioWorld) => Scenario>> = {
  mutex: MutexScenario,
}
