// storage: the bytes of a snapshot file, `snapshots/<index, 16 digits>.snap`. Equal snapshots are equal byte for byte on all servers. PURE.
//
// All integers are big-endian.
//
//   head      8 B "zoarsnap", u32 format version
//   chunk*    u32 bytes (> 0), u32 CRC-32 of the contents, contents
//   end       u32 0
//   metadata  SnapshotMetadata of messages.proto: format version, index, term, termStart, sizes, SHA-256 over all contents
//   footer    u32 bytes of the metadata, u32 CRC-32 of the metadata, 8 B "zoar-end"
//
// The file is read from its footer. It is written under a `.tmp` name, synced, renamed, and the folder synced; what has its final name is
// whole, unless it was damaged afterwards.

export const SNAPSHOT_FORMAT_VERSION = 1
export const SNAPSHOT_FOLDER = 'snapshots'

export const HEAD_MAGIC = 'zoarsnap'
export const FOOTER_MAGIC = 'zoar-end'
export const HEAD_BYTES = 12
export const FRAME_BYTES = 8
export const END_BYTES = 4
export const FOOTER_BYTES = 16

export function snapshotPath(index: number): string {
  return `${SNAPSHOT_FOLDER}/${String(index).padStart(16, '0')}.snap`
}

/** The index in a snapshot's file name, 0 if it is not one. */
export function snapshotIndex(name: string): number {
  const match = /^(\d{16})\.snap$/.exec(name)
  return match === null ? 0 : Number(match[1])
}
