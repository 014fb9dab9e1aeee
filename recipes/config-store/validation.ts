// recipes: asking a schema about a value, and saying what is wrong with it.

import type { StandardIssue } from '../../core/index.ts'
import { ZoariumError } from '../../core/index.ts'
import type { ConfigSchema } from './config-schema.ts'

/** One thing that is wrong with a document. */
export interface ConfigIssue {
  /** Where, as in `db.pool.max`; empty for the document as a whole. */
  readonly path: string
  readonly message: string
}

/** What the schema said. */
export type Verdict<Output> =
  | { readonly type: 'valid'; readonly value: Output }
  | { readonly type: 'invalid'; readonly issues: readonly ConfigIssue[] }

/** Asks the schema. Never rejects: what a schema throws is an issue. */
export async function validate<Input, Output>(schema: ConfigSchema<Input, Output>, value: unknown): Promise<Verdict<Output>> {
  try {
    if (typeof schema === 'function') return { type: 'valid', value: await schema(value) }
    const result = await schema['~standard'].validate(value)
    if (result.issues === undefined) return { type: 'valid', value: result.value }
    return { type: 'invalid', issues: result.issues.map(toIssue) }
  } catch (error) {
    return { type: 'invalid', issues: [{ path: '', message: error instanceof Error ? error.message : String(error) }] }
  }
}

/** Throws `ERR_CONFIG` unless `schema` is one. */
export function checkSchema<Input, Output>(schema: ConfigSchema<Input, Output>): ConfigSchema<Input, Output> {
  if (typeof schema === 'function') return schema
  const standard: { version?: unknown; validate?: unknown } | undefined = schema?.['~standard']
  if (standard?.version !== 1 || typeof standard.validate !== 'function') {
    throw new ZoariumError('ERR_CONFIG', 'schema: expected a Standard Schema object of version 1 or a function, got something else')
  }
  return schema
}

/** The error of a document that was refused. */
export function validationError(path: string, issues: readonly ConfigIssue[]): ZoariumError {
  const listed = issues.map((issue) => (issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`))
  return new ZoariumError('ERR_VALIDATION', `configuration ${path} (${listed.join('; ')})`, { path })
}

function toIssue({ message, path = [] }: StandardIssue): ConfigIssue {
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment))
  return { path: keys.join('.'), message }
}
