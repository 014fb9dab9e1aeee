// The names in one simulated folder: what a reader sees, and what is durable. A change becomes durable only with the sync of the folder; a
// crash keeps some first part of the changes that were not synced.
import type { Random } from '../../../core/support/random.ts'
import type { CachedContent } from './cached-content.ts'

export type NameChange =
  | { readonly type: 'link'; readonly name: string; readonly content: CachedContent }
  | { readonly type: 'unlink'; readonly name: string }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }

/** Copies a content; the same content always gives the same copy. */
export type CopyContent = (content: CachedContent) => CachedContent

function change(names: Map<string, CachedContent>, made: NameChange): void {
  switch (made.type) {
    case 'link':
      names.set(made.name, made.content)
      return
    case 'unlink':
      names.delete(made.name)
      return
    case 'rename': {
      const content = names.get(made.from)
      names.delete(made.from)
      if (content !== undefined) names.set(made.to, content)
    }
  }
}

function copyChange(made: NameChange, copy: CopyContent): NameChange {
  return made.type === 'link' ? { ...made, content: copy(made.content) } : made
}

export class FolderNames {
  #durable = new Map<string, CachedContent>()
  #seen = new Map<string, CachedContent>()
  #pending: NameChange[] = []

  get seen(): ReadonlyMap<string, CachedContent> {
    return this.#seen
  }

  change(made: NameChange): void {
    change(this.#seen, made)
    this.#pending.push(made)
  }

  sync(): void {
    for (const made of this.#pending) change(this.#durable, made)
    this.#pending = []
  }

  /** The machine stops: some first part of the pending changes has become durable. */
  crash(random: Random): void {
    const arrived = random.below(this.#pending.length + 1)
    for (const made of this.#pending.slice(0, arrived)) change(this.#durable, made)
    this.#pending = []
    this.#seen = new Map(this.#durable)
    for (const content of this.#seen.values()) content.crash(random)
  }

  copy(copy: CopyContent): FolderNames {
    const left = new FolderNames()
    for (const [name, content] of this.#durable) left.#durable.set(name, copy(content))
    for (const [name, content] of this.#seen) left.#seen.set(name, copy(content))
    left.#pending = this.#pending.map((made) => copyChange(made, copy))
    return left
  }

  /** Makes a name from outside: seen and durable. */
  place(name: string, content: CachedContent): void {
    this.#durable.set(name, content)
    this.#seen.set(name, content)
  }

  drop(name: string): void {
    this.#durable.delete(name)
    this.#seen.delete(name)
  }
}
