import { Connections } from '../clients/connections'
import * as people from '../targets/people'
import type { Workload } from '../workload'
import * as counts from './counts'

const FEW = 5
const MANY = 500

/** D1 statements of one page of `GET /v1/me/rooms`, for someone in few rooms and in many. */
export const myRooms: Workload = {
  name: 'my rooms, a user in 500: D1 statements',
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.counted()
    const [token = ''] = await people.signedIn(await target.server.database('DB'), 1)
    const connections = new Connections(target.server.url, 16)
    const create = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          connections.json('POST', '/v1/rooms', token, { name: `Room ${index}` }),
        ),
      )
    const statements = async (expected: number) => {
      const before = await counts.read(target)
      const page = await connections.json<{ items: unknown[] }>(
        'GET',
        '/v1/me/rooms?limit=100',
        token,
      )
      if (page.items.length !== expected) throw new Error(`${page.items.length} rooms were listed.`)
      return (await counts.read(target)).statements - before.statements
    }
    await create(FEW)
    const few = await statements(FEW)
    await create(MANY - FEW)
    const many = await statements(100)
    connections.close()
    return [
      { workload: this.name, unit: '', ours: many, aim: `${few}, as with 5`, met: many === few },
    ]
  },
}
