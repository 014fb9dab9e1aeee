// tree: the children that a node had when a snapshot began, by name in byte order, found while the tree goes on changing. PURE.
//
//   children now --RUN_NAMES at a time--> sorted runs --+--merge--> names, with rows
//   deleted since the snapshot began -----> one run ----+
//
// Children that were created since are passed over. One that was there at the start comes once: deleted before the cursor told it, it is among the
// deleted; deleted after, it is in both, and the merge drops the second. Its row says where it is as long as the shadow has no image of it: whoever
// was there at the start and leaves has one.

import { NONE } from './node-rows.ts'
import type { NodeStore } from './node-store.ts'
import type { SnapshotShadow } from './snapshot-shadow.ts'
import { merge, type Sibling, SortedSiblings, sortSiblings } from './tree-order.ts'

/** Names sorted in one step. Bench: 1 ms for 1,024 names of 20 characters. */
const RUN_NAMES = 1024

/** Yields `null` after each run that was sorted, so that the caller can give way. Ends its cursor when it is ended early. */
export function* childrenAtStart(store: NodeStore, shadow: SnapshotShadow, path: string): Generator<Sibling | null, void, void> {
  const runs: SortedSiblings[] = []
  let siblings: Sibling[] = []
  const node = store.get(path)
  if (node !== undefined) {
    const cursor = store.openChildren(node)
    try {
      for (let row = store.nextChild(cursor); row !== NONE; row = store.nextChild(cursor)) {
        if (shadow.isNew(row)) continue
        siblings.push({ name: store.nameOf(row), row })
        if (siblings.length < RUN_NAMES) continue
        runs.push(new SortedSiblings(siblings))
        siblings = []
        yield null
      }
    } finally {
      store.closeChildren(cursor)
    }
  }
  const deleted = shadow.takeDeletedChildren(path).map((name) => ({ name, row: NONE }))
  if (runs.length === 0 && deleted.length === 0) {
    yield* sortSiblings(siblings)
    return
  }
  if (siblings.length > 0) runs.push(new SortedSiblings(siblings))
  if (deleted.length > 0) runs.push(new SortedSiblings(deleted))
  yield* merge(runs)
}
