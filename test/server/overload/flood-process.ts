// overload: the flood in a process of its own, so that it takes no turn of those who are measured. Told what to do by its first message.

import { Flood, type FloodOptions } from './flood.ts'

process.once('message', (options: FloodOptions) => {
  const flood = new Flood(options)
  flood.start()
  const timer = setInterval(() => {
    if (process.connected) process.send?.(flood.counts)
  }, 1000)
  process.once('disconnect', () => {
    clearInterval(timer)
    flood.stop()
    process.exit(0)
  })
})
