import { expect, it } from 'vitest'
import {
  signAccessToken,
  signRefreshToken,
  verifyAccessToken,
  verifyRefreshToken,
} from '../../src/auth/tokens'

const [old, latest, foreign] = ['old ', 'latest ', 'foreign '].map((name) => name.repeat(8)) as [
  string,
  string,
  string,
]
const access = { userId: 'ana', sessionId: 's1' }

it('a token of the secret before is valid while that secret is kept, and no longer', async () => {
  const now = Date.now()
  const { token } = await signAccessToken(old, access, now)
  const refresh = await signRefreshToken(old, { sessionId: 's1', generation: 3 }, now + 60_000)
  for (let again = 0; again < 2; again += 1) {
    expect(await verifyAccessToken([latest, old], token, now)).toMatchObject(access)
    expect(await verifyRefreshToken([latest, old], refresh, now)).toMatchObject({ generation: 3 })
    await expect(verifyAccessToken([latest], token, now)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expect(verifyAccessToken([latest, foreign], token, now)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  }
  const { token: newer } = await signAccessToken(latest, access, now)
  expect(await verifyAccessToken([latest, old], newer, now)).toMatchObject(access)
})
