import { compare } from '../comparison'
import { type Store, storeOf } from '../targets/media'

const BYTES = 100_000_000

/** One large body as fast as it goes, in megabytes a second. */
const throughput = (what: string, move: (store: Store) => ReturnType<Store['up']>) =>
  compare({
    name: `${what}, 100 MB`,
    unit: 'MB/s',
    aim: '>= 0.8 x',
    met: (ratio) => ratio >= 0.8,
    settings: (pool) => pool.elsewhere(),
    async prepare(target, pool) {
      const store = await storeOf(target, pool.transfers())
      await store.up(BYTES)
      return async () => BYTES / 1e6 / (await move(store)).seconds
    },
  })

export const mediaThroughput = [
  throughput('upload in one request', (store) => store.up(BYTES)),
  throughput('upload by tus', (store) => store.upInParts(BYTES)),
  throughput('download', (store) => store.down()),
]
