// server: what becomes of one key of zoo.cfg: honoured, ignored with a warning, or refused. The words in which zoo-keys.ts is written.

import type { ServerOptions } from './options.ts'
import { readBoolean, readInteger, refuseValue } from './zoo-values.ts'

/** The options while they are collected: {@link ServerOptions} with writable fields. */
export type CollectedOptions = { -readonly [K in keyof ServerOptions]: ServerOptions[K] }

/** What becomes of one key. */
export interface ZooKey {
  readonly kind: 'honoured' | 'ignored' | 'refused'
  /** For the table in the docs: what it sets, or why not. */
  readonly about: string
  /** Puts `value` into `options`. `at` says where it stands; returns a warning or `null`, throws `ERR_CONFIG`. */
  readonly read: (value: string, at: string, options: CollectedOptions) => string | null
}

type KeysOfType<T> = { [K in keyof ServerOptions]-?: NonNullable<ServerOptions[K]> extends T ? K : never }[keyof ServerOptions]
/** A port that may be `null` is a number or not set, as far as a file can say. */
type NumberOption = KeysOfType<number | null>
type BooleanOption = KeysOfType<boolean>

/** The most milliseconds that a timer takes. */
export const MAX_MS: number = 2 ** 31 - 1

export function integer(option: NumberOption, min: number, max: number, about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at, options) {
      options[option] = readInteger(value, at, min, max)
      return null
    },
  }
}

/** As {@link integer}; -1 stands for ZooKeeper's default. */
export function integerOrDefault(option: NumberOption, min: number, max: number, about: string): ZooKey {
  const plain = integer(option, min, max, about)
  return { ...plain, read: (value, at, options) => (value === '-1' ? null : plain.read(value, at, options)) }
}

export function boolean(option: BooleanOption, about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at, options) {
      options[option] = readBoolean(value, at)
      return null
    },
  }
}

type TextOption =
  | 'host'
  | 'dataDir'
  | 'adminHost'
  | 'metricsHost'
  | 'secureHost'
  | 'tlsCertFile'
  | 'tlsCaFile'
  | 'x509SuperUser'
  | 'saslSuperUser'

export function text(option: TextOption, about: string): ZooKey {
  return {
    kind: 'honoured',
    about,
    read(value, at, options) {
      if (value === '') throw refuseValue(at, 'a value', value)
      options[option] = value
      return null
    },
  }
}

export function ignored(about: string): ZooKey {
  return { kind: 'ignored', about, read: () => `ignored: ${about}` }
}

/** Values that `harmless` matches change nothing and are ignored; any other is refused. */
export function refused(about: string, harmless: RegExp | null = null): ZooKey {
  return {
    kind: 'refused',
    about,
    read(value, at) {
      if (harmless?.test(value) === true) return `ignored: ${value} is what this server does anyway`
      throw refuseValue(at, about, value)
    },
  }
}
