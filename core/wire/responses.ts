// wire: bodies of replies. They follow a ReplyHeader whose err is 0; a reply with another err has no body.
//
//   create, sync                    ustring path                     writePathResponse
//   create2, createContainer, TTL   ustring path, Stat               writeCreate2Response
//   exists, setData, setACL         Stat                             writeStat (stat.ts)
//   getData, reconfig               buffer data, Stat                writeDataResponse
//   getChildren, getEphemerals      vector<ustring>                  writeStringsResponse
//   getChildren2                    vector<ustring>, Stat            writeChildren2Response
//   getACL                          vector<ACL>, Stat                writeAclResponse
//   getAllChildrenNumber            int totalNumber                  writeCountResponse
//   addWatch                        int err (ErrorResponse)          writeErrorResponse
//   whoAmI                          vector<ClientInfo>               writeWhoAmIResponse
//   sasl                            buffer token                     writeSaslResponse
//   setWatches2                     empty, or ours: long covered     writeSetWatches2Response
//   multi, multiRead                multi.ts
//   delete, deleteContainer, check and removeWatches, ping, auth, setWatches, closeSession    empty
//
// Servers write from StatFields; clients read bigint zxids.

import { readAclList, writeAclList } from './acl.ts'
import type { Reader } from './reader.ts'
import type { Acl, StatFields } from './records.ts'
import { readStatBigInt, type WireStat, writeStat } from './stat.ts'
import { readString, readStrings, type Strings, writeStrings } from './strings.ts'
import type { Writer } from './writer.ts'

/** An identity as whoAmI shows it: what the scheme lets others see, of a digest the user name alone. */
export interface ClientInfo {
  readonly authScheme: string
  readonly user: string
}

export interface Create2Response {
  readonly path: string
  readonly stat: WireStat
}

export interface DataResponse {
  /** A view of the frame: copy it to keep it. `null` and empty are different values. */
  readonly data: Buffer | null
  readonly stat: WireStat
}

export interface Children2Response {
  readonly children: string[]
  readonly stat: WireStat
}

export interface AclResponse {
  readonly acl: Acl[]
  readonly stat: WireStat
}

/** Two length fields. */
const MIN_CLIENT_INFO_BYTES = 8

export function writePathResponse(w: Writer, path: string): void {
  w.ustring(path)
}

export function readPathResponse(r: Reader): string {
  return readString(r)
}

export function writeCreate2Response(w: Writer, path: string, stat: StatFields): void {
  w.ustring(path)
  writeStat(w, stat)
}

export function readCreate2Response(r: Reader): Create2Response {
  const path = readString(r)
  return { path, stat: readStatBigInt(r) }
}

export function writeDataResponse(w: Writer, data: Uint8Array | null, stat: StatFields): void {
  w.buffer(data)
  writeStat(w, stat)
}

export function readDataResponse(r: Reader): DataResponse {
  const data = r.buffer()
  return { data, stat: readStatBigInt(r) }
}

export function writeStringsResponse(w: Writer, list: Strings): void {
  writeStrings(w, list)
}

export function readStringsResponse(r: Reader): string[] {
  return readStrings(r)
}

export function writeChildren2Response(w: Writer, children: Strings, stat: StatFields): void {
  writeStrings(w, children)
  writeStat(w, stat)
}

export function readChildren2Response(r: Reader): Children2Response {
  const children = readStrings(r)
  return { children, stat: readStatBigInt(r) }
}

export function writeAclResponse(w: Writer, acl: readonly Acl[], stat: StatFields): void {
  writeAclList(w, acl)
  writeStat(w, stat)
}

export function readAclResponse(r: Reader): AclResponse {
  const acl = [...(readAclList(r) ?? [])]
  return { acl, stat: readStatBigInt(r) }
}

export function writeCountResponse(w: Writer, totalNumber: number): void {
  w.int32(totalNumber)
}

export function readCountResponse(r: Reader): number {
  return r.int32()
}

export function writeErrorResponse(w: Writer, err: number): void {
  w.int32(err)
}

export function readErrorResponse(r: Reader): number {
  return r.int32()
}

export function writeWhoAmIResponse(w: Writer, clients: readonly ClientInfo[]): void {
  w.int32(clients.length)
  for (const client of clients) {
    w.ustring(client.authScheme)
    w.ustring(client.user)
  }
}

export function readWhoAmIResponse(r: Reader): ClientInfo[] {
  const count = r.vectorCount(MIN_CLIENT_INFO_BYTES)
  const clients: ClientInfo[] = []
  for (let i = 0; i < count; i++) {
    const authScheme = readString(r)
    clients.push({ authScheme, user: readString(r) })
  }
  return clients
}

export function writeSaslResponse(w: Writer, token: Uint8Array | null): void {
  w.buffer(token)
}

export function readSaslResponse(r: Reader): Buffer | null {
  return r.buffer()
}

/**
 * This server's addition to the reply of setWatches2: changes after zxid `covered` were replayed to the persistent watches. ZooKeeper's
 * reply is empty and its clients read no body, so they never see it.
 */
export function writeSetWatches2Response(w: Writer, covered: number): void {
  w.int64(covered)
}

/** `null` from a server that replays nothing. */
export function readSetWatches2Response(r: Reader): bigint | null {
  return r.remaining >= 8 ? r.int64BigInt() : null
}
