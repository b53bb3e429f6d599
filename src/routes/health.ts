import { z } from 'zod'
import { ping } from '../directory/database'
import { endpoint, router } from '../http/endpoint'
import { json } from '../http/responses'
import { pingBucket } from '../media/bucket'
import { Problem } from '../schemas/problems'

const PATIENCE_MS = 2000
// A room that was never created: asking it writes nothing.
const NO_ROOM = 'health'

const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    directory: z.boolean().meta({ description: 'Whether D1 answers.' }),
    rooms: z.boolean().meta({ description: 'Whether Durable Objects answer.' }),
    media: z.boolean().meta({ description: 'Whether the store of media answers.' }),
  })
  .meta({ id: 'Health' })

export const health = router().openapi(
  endpoint({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    tags: ['service'],
    summary: 'Which parts of the service answer.',
    who: 'Anyone.',
    responses: {
      200: json(Health, 'All of them.'),
      503: {
        description: 'Not all of them; as a problem: the service is not set up.',
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

/** Whether a part answers, and soon; why it does not is logged. */
async function answers(part: keyof z.infer<typeof Health>, work: PromiseLike<unknown>) {
  try {
    const late = scheduler.wait(PATIENCE_MS).then(() => {
      throw new Error(`no answer in ${PATIENCE_MS} ms`)
    })
    await Promise.race([work, late])
    return true
  } catch (error) {
    const message = String((error as Error).cause ?? error)
    console.error({ level: 'error', work: 'health', part, message })
    return false
  }
}
