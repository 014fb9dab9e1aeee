// recipes: listeners of a configuration's events: none can disturb another or the store.

/** Calls every listener of an event; what one throws goes to `onError`. */
export class Listeners<Events extends object> {
  readonly #byType: { [Type in keyof Events]?: Set<(event: Events[Type]) => void> } = {}
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): void {
    const listeners = this.#byType[type] ?? new Set()
    listeners.add(listener)
    this.#byType[type] = listeners
  }

  remove<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): void {
    this.#byType[type]?.delete(listener)
  }

  emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const listener of [...(this.#byType[type] ?? [])]) {
      try {
        listener(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  /** Nobody hears anything more. */
  clear(): void {
    for (const type of Object.keys(this.#byType)) delete this.#byType[type as keyof Events]
  }
}
