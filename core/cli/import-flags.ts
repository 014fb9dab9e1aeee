// cli: what the flags of `zoarium import` come to.

export interface ImportFlags {
  readonly from: string
  readonly logDir?: string
  readonly dataDir?: string
  readonly afterZxid?: bigint
  readonly dropSessions?: boolean
  readonly emulate353Ttl?: boolean
  readonly acceptLoss?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}
