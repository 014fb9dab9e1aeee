// The time of simulated things. The test that made it owns it: nothing moves it but a test, or a disk that is stepped by hand.

export class VirtualClock {
  #nowUs = 0

  get nowUs(): number {
    return this.#nowUs
  }

  /** Moves forward; a time that has passed already changes nothing. */
  advanceTo(timeUs: number): void {
    if (timeUs > this.#nowUs) this.#nowUs = timeUs
  }
}
