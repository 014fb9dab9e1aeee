// node-zookeeper-client with promises: one call of it, its outcome as a value or as the code it failed with.

import type { zookeeper } from 'node-zookeeper-client'

type Ask<A extends readonly unknown[]> = (callback: zookeeper.Callback<A>) => void

/** Resolves with all that the callback gets. */
export function ask<A extends readonly unknown[]>(call: Ask<A>): Promise<A> {
  return new Promise((resolve, reject) => {
    call((error, ...results) => (error ? reject(error) : resolve(results)))
  })
}

/** Resolves with the name of the error. */
export function failure<A extends readonly unknown[]>(call: Ask<A>): Promise<string> {
  return new Promise((resolve, reject) => {
    call((error, ...results) => {
      if (error) resolve(Reflect.get(error, 'name') as string)
      else reject(new Error(`it succeeded with ${JSON.stringify(results)}`))
    })
  })
}
