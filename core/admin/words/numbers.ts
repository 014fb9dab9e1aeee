// admin: numbers and times as Java prints them in the answers of four-letter words.

/** ZooKeeper measures in whole milliseconds: the least is rounded down and the greatest up, so that the average lies between them. */
export function whole(value: number): number {
  return Math.trunc(value)
}

/** As Java prints a double that was rounded to four places: always with a fraction. */
export function decimal(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded)
}

/** As `Long.toHexString` prints it: two's complement, so the -2 of a ping is 0xfffffffffffffffe. */
export function hex(value: number): string {
  return `0x${BigInt.asUintN(64, BigInt(Math.trunc(value))).toString(16)}`
}

/** As `Date.toString` prints it in UTC: `Fri Nov 27 23:07:02 UTC 2026`. */
export function javaDate(ms: number): string {
  const [day, date, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date} ${time} UTC ${year}`
}
