import { type Moved, storeOf } from '../targets/media'
import type { Target } from '../targets/target'
import type { Workload } from '../workload'

const BYTES = 200_000_000
const AIM_MB = 40
const EVERY_MS = 10

/** How much the runtime grows while 200 MB pass, which must arrive as they were. R2 is in another process. */
export const mediaMemory: Workload = {
  name: 'memory, 200 MB of media',
  async run({ pool, progress }) {
    progress(`${this.name}: floor`)
    const settings = await pool.elsewhere()
    const floor = await growths(await pool.floor(settings), pool.transfers())
    progress(`${this.name}: ours`)
    const ours = await growths(await pool.ours(settings), pool.transfers())
    return Object.keys(ours).map((what) => ({
      workload: `${this.name}: ${what}`,
      unit: 'MB',
      ours: ours[what] as number,
      floor: floor[what] as number,
      aim: `< ${AIM_MB} MB`,
      met: (ours[what] as number) < AIM_MB,
    }))
  },
}

async function growths(target: Target, transfers: Parameters<typeof storeOf>[1]) {
  const { up, upInParts, down } = await storeOf(target, transfers)
  // What compiles itself, and the connections, are there before.
  await up(1_000_000)
  await upInParts(6_000_000)
  await down()
  const { server } = target
  const moved: Moved[] = []
  const during = async (work: () => Promise<Moved>) => {
    const before = server.memory
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, server.memory)
    }, EVERY_MS)
    moved.push(await work())
    clearInterval(watch)
    return (Math.max(most, server.memory) - before) / 1e6
  }
  const grown: Record<string, number> = {
    'up in one request': await during(() => up(BYTES, true)),
    'down again': await during(() => down(true)),
    'up by tus': await during(() => upInParts(BYTES, true)),
    'down, from parts': await during(() => down(true)),
  }
  const hashes = new Set(moved.map(({ sha256 }) => sha256))
  if (hashes.size !== 1) throw new Error(`${target.dialect.name}: bytes arrived as others.`)
  return grown
}
