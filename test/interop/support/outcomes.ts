// A test of ours that stands for many of somebody else's tells their outcomes here, for the interop table.

export interface Outcome {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** What failed, or why it was skipped. */
  readonly detail: string
}

declare module 'vitest' {
  interface TaskMeta {
    outcomes?: readonly Outcome[]
  }
}
