import { z } from 'zod'
import { ping } from '../directory/database'
import { endpoint, router } from '../http/endpoint'
import { json } from '../http/responses'
import * as who from '../http/who'
import { pingBucket } from '../media/bucket'
import { Problem } from '../schemas/problems'

const TIMEOUT_MS = 2000
// This room is never created, so pinging it writes nothing.
const NO_ROOM = 'health'

const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded']).meta({ id: 'HealthStatus' }),
    directory: z.boolean().meta({ description: 'Whether D1 answers.' }),
    rooms: z.boolean().meta({ description: 'Whether Durable Objects answer.' }),
    media: z.boolean().meta({ description: 'Whether the media store answers.' }),
  })
  .meta({ id: 'Health' })

export const health = router().openapi(
  endpoint({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    tags: ['service'],
    summary: 'Check which parts of the service answer.',
    who: who.anyone,
    responses: {
      200: json(Health, 'All of them answer.'),
      503: {
        description:
          'Some part does not answer. If the service is not set up, this is a problem instead.',
        content: {
          'application/json': { schema: Health },
          'application/problem+json': { schema: Problem },
        },
      },
    },
  }),
  async (c) => {
    const room = c.env.ROOMS.get(c.env.ROOMS.idFromName(NO_ROOM))
    const [directory, rooms, media] = await Promise.all([
      answers('directory', ping(c.var.directory)),
      answers('rooms', room.ping()),
      answers('media', pingBucket(c.env.MEDIA)),
    ])
    const isWell = directory && rooms && media
    return c.json(
      { status: isWell ? ('ok' as const) : ('degraded' as const), directory, rooms, media },
      isWell ? 200 : 503,
    )
  },
)

/** Whether a part answers in time. If it does not, the reason is logged. */
async function answers(part: keyof z.infer<typeof Health>, work: PromiseLike<unknown>) {
  try {
    const late = scheduler.wait(TIMEOUT_MS).then(() => {
      throw new Error(`no answer in ${TIMEOUT_MS} ms`)
    })
    await Promise.race([work, late])
    return true
  } catch (error) {
    const message = String((error as Error).cause ?? error)
    console.error({ level: 'error', work: 'health', part, message })
    return false
  }
}
