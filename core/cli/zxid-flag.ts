// cli: a zxid on the command line.

import { InvalidArgumentError } from 'commander'

export function zxid(value: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,19})$/i.test(value)) throw new InvalidArgumentError('Expected a zxid: hexadecimal with 0x, or decimal.')
  return BigInt(value)
}
