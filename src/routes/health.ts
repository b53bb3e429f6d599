import { z } from 'zod'
import { endpoint, json, router } from '../openapi'

const Health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' })

export const health = router().openapi(
  endpoint({
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    tags: ['service'],
    summary: 'Whether the service answers.',
    who: 'Anyone.',
    responses: { 200: json(Health, 'It does.') },
  }),
  (c) => c.json({ status: 'ok' as const }, 200),
)
