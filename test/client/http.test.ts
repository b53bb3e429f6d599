import { expect, it } from 'vitest'
import { http } from '../../src/client/connection/http'

it('what is accepted without a body is answered with nothing', async () => {
  for (const status of [202, 204]) {
    const send = http('https://chat.test', async () => new Response(null, { status }))
    expect(await send('POST', '/v1/password-resets')).toBeUndefined()
  }
})
