import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { fetchService } from '../fixtures/service'
import { createUser, type User } from '../fixtures/users'

async function exportRoom({ token }: User, path: string, query = '') {
  const headers = { Authorization: `Bearer ${token}` }
  const response = await fetchService(`${path}/export${query}`, { headers })
  expect(response.headers.get('Content-Type')).toBe('application/x-ndjson')
  return response.text()
}
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

async function createRoom() {
  const [ana, bo] = [await createUser('Ana'), await createUser('Bo')]
  const { body } = await ana.post('/v1/rooms', { name: 'Harbour', access: 'open' })
  const path = `/v1/rooms/${body.id}`
  await bo.put(`${path}/members/@me`, {})
  return { ana, bo, id: body.id as string, path }
}

describe('the export of a room', () => {
  it('is the same to the byte for the same seq, whatever is written, edited and reacted later', async () => {
    const { ana, bo, id, path } = await createRoom()
    const picture = await uploadPicture(ana, id)
    const { body: first } = await ana.post(`${path}/messages`, {
      ...newMessage('one'),
      attachments: [picture],
    })
    const { body: second } = await bo.post(`${path}/messages`, newMessage('uno'))
    const edit = (text: string) => ana.patch(`${path}/messages/${first.seq}`, { text })
    await edit('two')
    const asOf = linesOf(await exportRoom(ana, path))[0].data.seq
    const told = await exportRoom(ana, path, `?asOf=${asOf}`)
    const lines = linesOf(told)
    expect(lines.map(({ seq }) => seq).slice(1)).toEqual(
      Array.from({ length: asOf }, (_, i) => i + 1),
    )
    expect(lines.find(({ seq }) => seq === first.seq)).toMatchObject({
      format: 1,
      type: 'message',
      data: { authorId: ana.id, text: 'two', deleted: false, attachments: [{ id: picture }] },
    })
    for (const text of ['three', 'four']) await edit(text)
    await bo.patch(`${path}/messages/${second.seq}`, { text: 'dos' })
    await bo.put(`${path}/messages/${first.seq}/reactions/%F0%9F%91%8D/@me`)
    await bo.patch('/v1/me', { displayName: 'Bo the Other' })
    await bo.delete(`${path}/members/@me`)
    expect(await exportRoom(ana, path, `?asOf=${asOf}`)).toBe(told)
    const before = await exportRoom(ana, path, `?asOf=${asOf - 1}`)
    expect(linesOf(before).find(({ seq }) => seq === first.seq).data).toMatchObject({
      text: 'one',
      editedAt: null,
    })
    // What is deleted is deleted: nothing of it comes back.
    await ana.delete(`${path}/messages/${first.seq}`)
    const after = await exportRoom(ana, path, `?asOf=${asOf}`)
    const changed = linesOf(after).filter(
      (line, i) => JSON.stringify(line) !== JSON.stringify(lines[i]),
    )
    expect(changed.map(({ seq, data }) => [seq, data.text, data.deleted])).toEqual([
      [first.seq, null, true],
    ])
  })

  it('goes on behind any seq, over many pages', async () => {
    const { ana, id, path } = await createRoom()
    const stub = env.ROOMS.get(env.ROOMS.idFromName(id))
    for (let i = 0; i < 700; i += 1)
      await stub.postMessage({ userId: ana.id }, { nonce: `${i}`, text: `message ${i}` })
    const whole = await exportRoom(ana, path, '?asOf=650')
    const lines = whole.split('\n')
    expect(linesOf(whole)).toHaveLength(651)
    for (const after of [1, 299, 300, 301, 650]) {
      expect(await exportRoom(ana, path, `?asOf=650&after=${after}`)).toBe(
        lines.slice(after + 1).join('\n'),
      )
    }
  })

  it('is for owners, of what has happened', async () => {
    const { ana, bo, path } = await createRoom()
    expect((await bo.get(`${path}/export`)).body.code).toBe('forbidden')
    expect((await ana.get(`${path}/export?asOf=99`)).body.code).toBe('invalid')
    expect((await ana.get(`${path}/export?asOf=-1`)).body.code).toBe('invalid')
  })
})
