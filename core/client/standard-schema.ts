// client: what a schema is: any object of Standard Schema version 1 (Zod, Valibot, ArkType and others make them).

/** Where in a value an issue is: a key, or an object that names it. */
export type StandardPathSegment = PropertyKey | { readonly key: PropertyKey }

/** One thing that is wrong with a value. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly StandardPathSegment[] | undefined
}

/** What a schema says of a value. */
export type StandardResult<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] }

/**
 * A schema of the Standard Schema specification, version 1: the part that is needed here. Schemas of libraries that implement it can be
 * passed as they are.
 *
 * @example
 * ```ts
 * import type { StandardSchema } from 'zoarium'
 *
 * const port: StandardSchema<number> = {
 *   '~standard': {
 *     version: 1,
 *     vendor: 'by hand',
 *     validate: (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] }),
 *   },
 * }
 * console.log(port['~standard'].vendor)
 * ```
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** Never there at run time: carries the types. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}
