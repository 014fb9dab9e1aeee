// admin: JSON as ZooKeeper's AdminServer prints it: indented, 64-bit integers as plain numbers (JSON.stringify knows no bigint).

export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** `{ "name" : value, ... }`, two blanks for each level. */
export function jsonText(value: Json, indent = ''): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  if (isList(value)) return value.length === 0 ? '[ ]' : `[ ${value.map((item) => jsonText(item, indent)).join(', ')} ]`
  const members = Object.entries(value).map(([name, member]) => `${deeper}${JSON.stringify(name)} : ${jsonText(member, deeper)}`)
  return members.length === 0 ? '{ }' : `{\n${members.join(',\n')}\n${indent}}`
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value)
}
