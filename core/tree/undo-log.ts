// tree: what a multi did so far, so that a failing one can be taken back as if it had never been (in reverse order). PURE.

import { assert, unreachable } from '../support/assert.ts'
import type { NodeImage } from './node-image.ts'
import type { Journal, NodeStore } from './node-store.ts'
import type { Znode } from './znode.ts'

type UndoRecord =
  | { readonly type: 'attached'; readonly path: string }
  | { readonly type: 'detached' | 'changed'; readonly path: string; readonly image: NodeImage }

export class UndoLog implements Journal {
  readonly #store: NodeStore
  readonly #records: UndoRecord[] = []

  /** Records from now on, until {@link commit} or {@link rollback}. */
  constructor(store: NodeStore) {
    this.#store = store
    store.listen(this)
  }

  attached(path: string): void {
    this.#records.push({ type: 'attached', path })
  }

  detached(path: string, node: Znode): void {
    this.#records.push({ type: 'detached', path, image: node.image() })
  }

  changing(path: string, node: Znode): void {
    this.#records.push({ type: 'changed', path, image: node.image() })
  }

  commit(): void {
    this.#store.unlisten(this)
  }

  rollback(): void {
    this.#store.unlisten(this)
    for (let record = this.#records.pop(); record !== undefined; record = this.#records.pop()) this.#undo(record)
  }

  #undo(record: UndoRecord): void {
    switch (record.type) {
      case 'attached':
        this.#store.detach(record.path, this.#nodeAt(record.path), this.#store.parentOf(record.path))
        break
      case 'detached':
        this.#store.attach(record.path, record.image, this.#store.parentOf(record.path))
        break
      case 'changed':
        this.#store.revert(record.path, this.#nodeAt(record.path), record.image)
        break
      default:
        unreachable(record)
    }
  }

  #nodeAt(path: string): Znode {
    const node = this.#store.get(path)
    assert(node !== undefined, 'what a multi made or changed is there when its turn to be undone has come')
    return node
  }
}
