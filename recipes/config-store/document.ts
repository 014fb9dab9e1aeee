// recipes: the JSON text in a configuration's znode.

import { ZoariumError } from '../../core/index.ts'

/** Largest document, in bytes of UTF-8: a frame of 1 MiB less 4 KiB for the rest of the request. */
export const MAX_DOCUMENT_BYTES = 1_044_480 as const

/** What the znode's data says. */
export type Parsed =
  | { readonly type: 'json'; readonly value: unknown; readonly text: string }
  | { readonly type: 'broken'; readonly message: string }

/** The document in a znode's data. */
export function parseDocument(data: Buffer | null): Parsed {
  if (data === null || data.length === 0) return { type: 'broken', message: 'the znode is empty' }
  const text = data.toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    return { type: 'json', value, text }
  } catch (error) {
    if (error instanceof SyntaxError) return { type: 'broken', message: error.message }
    throw error
  }
}

/** `value` as the text to store: indented, so that it can be edited by hand. Throws `ERR_VALIDATION` (not JSON) or `ERR_TOO_LARGE`. */
export function encodeDocument(path: string, value: unknown): string {
  const text = toText(path, value)
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_DOCUMENT_BYTES) {
    throw new ZoariumError('ERR_TOO_LARGE', `configuration ${path}: expected at most ${MAX_DOCUMENT_BYTES} bytes of JSON, got ${bytes}`, {
      path,
    })
  }
  return text
}

function toText(path: string, value: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(value, null, 2)
    if (text !== undefined) return text
  } catch (error) {
    throw new ZoariumError('ERR_VALIDATION', `configuration ${path} is not JSON`, { path, cause: error })
  }
  throw new ZoariumError('ERR_VALIDATION', `configuration ${path}: expected a JSON value, got a ${typeof value}`, { path })
}
