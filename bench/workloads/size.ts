import type { Row } from '../report'
import * as storage from '../runtime/storage'
import { directorySizes } from '../size/directory'
import { roomSizes, sentence } from '../size/room'
import type { Workload } from '../workload'
import { filled } from './pages'
import { searched } from './search'

const MESSAGES = 100_000
const BYTES = 'select (select page_count from pragma_page_count) * 4096 as bytes'

/** What rows take of D1 and of a room's object, in bytes with their indexes. See docs/scale.md. */
export const size: Workload = {
  name: 'size of rows',
  async run({ pool, progress }) {
    progress(`${this.name}: D1`)
    const directory = directorySizes()
    progress(`${this.name}: a room`)
    const room = roomSizes()
    progress(`${this.name}: the search index`)
    const texts = JSON.stringify(Array.from({ length: 1000 }, sentence))
    const server = await filled(pool, 'ours', MESSAGES, {
      statements: [
        `update messages set text = (select value from json_each('${texts}') where key = seq % 1000)`,
      ],
    })
    const bytes = () => {
      const [row] = storage.query(server.directory, server.roomId, BYTES) as { bytes: number }[]
      return row?.bytes ?? 0
    }
    const before = bytes()
    await searched(server, progress)
    const index = (bytes() - before) / MESSAGES
    const rowsOf = (where: string, sizes: Record<string, number>): Row[] =>
      Object.entries(sizes).map(([what, ours]) => ({
        workload: `${where}: ${what}`,
        unit: 'B',
        ours,
      }))
    return [
      ...rowsOf('size in D1', directory),
      ...rowsOf('size in a room', { ...room, 'message, search index': index }),
    ]
  },
}
