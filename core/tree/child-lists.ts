// tree: the children of every node as a list through their rows, oldest first. PURE.
//
//   parent.first ---> A <--> B <--> C ---> NONE          A.previous is C, so that a child is put at the end in one step
//                     ^-previous--------^

import { assert } from '../support/assert.ts'
import { CHILDREN, FIRST_CHILD, NEXT, NONE, type NodeRows, PARENT, PREVIOUS } from './node-rows.ts'

/** A place in a list that stays good while children come and go: {@link ChildLists.open}. */
export interface ChildCursor {
  /** The row to be told next, NONE at the end. */
  at: number
  /** How many children may still be told. */
  left: number
}

export class ChildLists {
  readonly #rows: NodeRows
  readonly #cursors: ChildCursor[] = []

  constructor(rows: NodeRows) {
    this.#rows = rows
  }

  append(parent: number, row: number): void {
    const rows = this.#rows
    const first = rows.get(parent, FIRST_CHILD)
    rows.set(row, NEXT, NONE)
    if (first === NONE) {
      rows.set(row, PREVIOUS, row)
      rows.set(parent, FIRST_CHILD, row)
    } else {
      const last = rows.get(first, PREVIOUS)
      rows.set(row, PREVIOUS, last)
      rows.set(last, NEXT, row)
      rows.set(first, PREVIOUS, row)
    }
    rows.set(parent, CHILDREN, rows.get(parent, CHILDREN) + 1)
  }

  remove(parent: number, row: number): void {
    const rows = this.#rows
    const next = rows.get(row, NEXT)
    const previous = rows.get(row, PREVIOUS)
    for (const cursor of this.#cursors) if (cursor.at === row) cursor.at = next
    const first = rows.get(parent, FIRST_CHILD)
    if (row === first) rows.set(parent, FIRST_CHILD, next)
    else rows.set(previous, NEXT, next)
    // The one after it, or the list's end as the first one knows it, now has the one before it.
    if (next !== NONE) rows.set(next, PREVIOUS, previous)
    else if (row !== first) rows.set(first, PREVIOUS, previous)
    const left = rows.get(parent, CHILDREN) - 1
    assert(left >= 0, 'a child that goes was counted')
    rows.set(parent, CHILDREN, left)
  }

  /** Calls `visit` with every row below `top`, a node before its children. */
  eachBelow(top: number, visit: (row: number) => void): void {
    const rows = this.#rows
    let at = rows.get(top, FIRST_CHILD)
    while (at !== NONE) {
      visit(at)
      let next = rows.get(at, FIRST_CHILD)
      for (let up = at; next === NONE && up !== top; up = rows.get(up, PARENT)) next = rows.get(up, NEXT)
      at = next
    }
  }

  /**
   * A cursor over the children that `parent` has now. Every child that stays is told once; one that goes meanwhile may be told or not, and one
   * that comes, or goes and comes back, too. To be closed.
   */
  open(parent: number): ChildCursor {
    const cursor: ChildCursor = { at: this.#rows.get(parent, FIRST_CHILD), left: this.#rows.get(parent, CHILDREN) }
    this.#cursors.push(cursor)
    return cursor
  }

  /** The next row, NONE at the end. */
  step(cursor: ChildCursor): number {
    const row = cursor.left > 0 ? cursor.at : NONE
    if (row === NONE) return NONE
    cursor.at = this.#rows.get(row, NEXT)
    cursor.left--
    return row
  }

  close(cursor: ChildCursor): void {
    const at = this.#cursors.indexOf(cursor)
    if (at >= 0) this.#cursors.splice(at, 1)
  }
}
