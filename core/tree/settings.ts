// tree: the settings that can change a result. They are replicated state, so that every server decides alike whatever its file says. PURE.

/** Replicated settings in force. Frozen. */
export interface Settings {
  /** Whether TTL nodes may be created (`extendedTypesEnabled`). */
  readonly extendedTypesEnabled: boolean
  /** Whether hard quotas refuse writes (`enforceQuota`). */
  readonly enforceQuota: boolean
  /** Whether access control lists are ignored (`skipACL`). */
  readonly skipAcl: boolean
  /** A container that never had a child is removed after this time; 0 = never (`znode.container.maxNeverUsedIntervalMs`). */
  readonly containerMaxNeverUsedMs: number
}

/** What holds before the first settings entry. */
export const DEFAULT_SETTINGS: Settings = Object.freeze({
  extendedTypesEnabled: true,
  enforceQuota: false,
  skipAcl: false,
  containerMaxNeverUsedMs: 0,
})

/** The canonical JSON of settings: fixed key order, nothing else. */
export function settingsToJson(s: Settings): string {
  return JSON.stringify({
    extendedTypesEnabled: s.extendedTypesEnabled,
    enforceQuota: s.enforceQuota,
    skipAcl: s.skipAcl,
    containerMaxNeverUsedMs: s.containerMaxNeverUsedMs,
  })
}

/** Settings from JSON; a key that is missing has its default, unknown keys are ignored. `null` if it is not JSON or a value has the wrong type. */
export function settingsFromJson(json: string): Settings | null {
  const parsed = parse(json)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
  const extendedTypesEnabled = boolean(parsed, 'extendedTypesEnabled', DEFAULT_SETTINGS.extendedTypesEnabled)
  const enforceQuota = boolean(parsed, 'enforceQuota', DEFAULT_SETTINGS.enforceQuota)
  const skipAcl = boolean(parsed, 'skipAcl', DEFAULT_SETTINGS.skipAcl)
  const containerMaxNeverUsedMs = milliseconds(parsed, 'containerMaxNeverUsedMs', DEFAULT_SETTINGS.containerMaxNeverUsedMs)
  if (extendedTypesEnabled === null || enforceQuota === null || skipAcl === null || containerMaxNeverUsedMs === null) return null
  return Object.freeze({ extendedTypesEnabled, enforceQuota, skipAcl, containerMaxNeverUsedMs })
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined
}

function boolean(object: object, key: string, missing: boolean): boolean | null {
  const value = own(object, key)
  if (value === undefined) return missing
  return typeof value === 'boolean' ? value : null
}

function milliseconds(object: object, key: string, missing: number): number | null {
  const value = own(object, key)
  if (value === undefined) return missing
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}
