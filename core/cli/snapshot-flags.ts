// cli: what the flags of `zoarium snapshot` come to.

export interface SaveFlags {
  readonly dataDir: string
  readonly force?: boolean
  readonly json?: boolean
}

export interface InspectFlags {
  readonly nodes?: string | true
  readonly sessions?: boolean
  readonly json?: boolean
}

export interface VerifyFlags {
  readonly dataDir?: string
  readonly json?: boolean
}

export interface RestoreFlags {
  readonly dataDir: string
  readonly afterZxid?: bigint
  readonly dropSessions?: boolean
  readonly json?: boolean
}
