// cli: what the flags of `zoarium ensemble` come to.

export const DEFAULT_ENSEMBLE_DIR = './zoarium-ensemble'

export interface EnsembleStartFlags {
  /** How many servers; `undefined`: as many as there are in the folder, three in a new one. */
  readonly local?: number
  readonly dir: string
  /** `undefined`: those in the folder, 2181 and following in a new one. */
  readonly port?: number
  /** commander's name for `--no-restart`. */
  readonly restart: boolean
  readonly json?: boolean
}

export interface EnsembleStatusFlags {
  readonly dir: string
  readonly dataDir?: string
  readonly json?: boolean
}
