// support: a set that takes no memory of its own while it holds one item or none, for tables of many sets that mostly hold one.
//
//   null     none
//   T        one
//   Set<T>   more, and whatever is left of them while it is not empty      items must not be sets themselves

/** A set as a value: it is replaced by what the functions here return. */
export type Few<T extends object> = T | Set<T> | null

export function addToFew<T extends object>(few: Few<T>, item: T): Few<T> {
  if (few === null || few === item) return item
  if (few instanceof Set) return few.add(item)
  return new Set([few, item])
}

export function removeFromFew<T extends object>(few: Few<T>, item: T): Few<T> {
  if (few instanceof Set) {
    few.delete(item)
    return few.size === 0 ? null : few
  }
  return few === item ? null : few
}

export function sizeOfFew<T extends object>(few: Few<T>): number {
  if (few === null) return 0
  return few instanceof Set ? few.size : 1
}

/** The items as they are now, in the order in which they came. */
export function itemsOfFew<T extends object>(few: Few<T>): T[] {
  if (few === null) return []
  return few instanceof Set ? [...few] : [few]
}
