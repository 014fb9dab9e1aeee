// tree: what a multi did so far, so that a failing one can be taken back as if it had never been (in reverse order). PURE.

import type { Journal, NodeStore } from './node-store.ts'
import type { Znode } from './znode.ts'

type UndoRecord =
  | { readonly type: 'attached' | 'detached'; readonly path: string; readonly node: Znode }
  | { readonly type: 'changed'; readonly path: string; readonly node: Znode; readonly image: Znode }

export class UndoLog implements Journal {
  readonly #store: NodeStore
  readonly #records: UndoRecord[] = []

  /** Records from now on, until {@link commit} or {@link rollback}. */
  constructor(store: NodeStore) {
    this.#store = store
    store.listen(this)
  }

  attached(path: string, node: Znode): void {
    this.#records.push({ type: 'attached', path, node })
  }

  detached(path: string, node: Znode): void {
    this.#records.push({ type: 'detached', path, node })
  }

  changing(path: string, node: Znode): void {
    this.#records.push({ type: 'changed', path, node, image: node.image() })
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
        this.#store.detach(record.path, record.node, this.#store.parentOf(record.path))
        break
      case 'detached':
        this.#store.attach(record.path, record.node, this.#store.parentOf(record.path))
        break
      default:
        this.#store.revert(record.path, record.node, record.image)
    }
  }
}
