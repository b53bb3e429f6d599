import * as directoryFactors from '../directory/factors'
import { endpoint, router } from '../http/endpoint'
import { ok } from '../http/responses'
import * as who from '../http/who'
import { requireSession } from '../middleware/require-session'
import { Factors } from '../schemas/factors'

export const factors = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/me/factors',
    revalidates: true,
    operationId: 'getFactors',
    tags: ['me'],
    summary: 'Read what you can log in by.',
    who: who.signedIn,
    guards: [requireSession],
    responses: ok(Factors, 'Your factors. None of them is shown itself.'),
  }),
  async (c) => {
    const { directory, access } = c.var
    return c.json(await directoryFactors.find(directory, access.userId), 200)
  },
)
