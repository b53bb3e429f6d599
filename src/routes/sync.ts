import pMap from 'p-map'
import { ApiError } from '../errors'
import { endpoint, router } from '../http/endpoint'
import { body, ok, passed } from '../http/responses'
import { ALL_CONNECTIONS } from '../http/subrequests'
import * as who from '../http/who'
import { chargeMiss, limitRequests } from '../middleware/rate-limits'
import { requireSession } from '../middleware/require-session'
import { ask, fetchRoom } from '../room/client'
import { NewSync, Synced } from '../schemas/sync'

/** Bytes of the whole answer. The first room is answered even where that alone is more, or a client would not get on. */
const MAX_BYTES = 1024 * 1024
const MAX_BYTES_PER_ROOM = 128 * 1024
const MAX_EVENTS_PER_ROOM = 100

const DEFERRED = JSON.stringify({ deferred: true })

export const sync = router().openapi(
  endpoint({
    method: 'post',
    path: '/v1/me/sync',
    operationId: 'sync',
    tags: ['me'],
    summary: 'Read what happened in up to 50 rooms since the seqs that you have.',
    description:
      'One request after a day offline instead of one for each room. It changes nothing, so you can safely repeat it. Each room counts as a request. The answer has up to 1 MB: where a room has `more`, or is `deferred`, ask again with the seqs that you have by then.',
    who: who.signedIn,
    guards: [requireSession],
    request: { body: body(NewSync) },
    responses: ok(Synced, 'The events of each room, or why there are none.'),
  }),
  async (c) => {
    const { access, now } = c.var
    const { userId } = access
    const rooms = Object.entries(c.req.valid('json').rooms)
    limitRequests(c.env, userId, now, rooms.length)
    let bytes = 0
    const read = async ([roomId, after]: [string, number]): Promise<string> => {
      if (bytes >= MAX_BYTES) return DEFERRED
      const query = { after, limit: MAX_EVENTS_PER_ROOM, maxBytes: MAX_BYTES_PER_ROOM }
      try {
        const page = await ask(c.env.ROOMS, roomId, (room) =>
          fetchRoom(room, { path: 'events', caller: { userId }, query }),
        )
        const text = await page.text()
        bytes += Buffer.byteLength(text)
        return text
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.code === 'not_found') chargeMiss(c.env, userId, now)
        return JSON.stringify({ problem: { code: error.code, detail: error.detail } })
      }
    }
    const answers = await pMap(rooms, read, ALL_CONNECTIONS)
    const shown = withinBytes(answers)
    const members = rooms.map(([roomId], index) => `${JSON.stringify(roomId)}:${shown[index]}`)
    return passed<Synced>(c, new Response(`{"rooms":{${members.join(',')}}}`))
  },
)

/** The answers that fit, in order; those that were read at the same time and do not fit are deferred. */
function withinBytes(answers: string[]): string[] {
  let left = MAX_BYTES
  return answers.map((answer, index) => {
    const bytes = Buffer.byteLength(answer)
    if (bytes > left && index > 0) return DEFERRED
    left -= bytes
    return answer
  })
}
