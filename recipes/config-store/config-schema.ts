// recipes: what a configuration store takes as its schema: a Standard Schema object, or a function.

import type { StandardSchema } from '../../core/index.ts'

/** A function that returns the valid value (the same or another one) or throws. */
export type ValidateFunction<Output> = (value: unknown) => Output | Promise<Output>

/** What a {@link ConfigStore} takes as its schema. */
export type ConfigSchema<Input, Output> = StandardSchema<Input, Output> | ValidateFunction<Output>
