import { expect, it } from 'vitest'
import { mediaKey } from '../../src/media/object-keys'
import { download, png, storedKeys, upload, uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

const showing = (...attachments: string[]) => ({ ...newMessage(''), attachments })

it('bo uploads a picture, posts it without a word, and ana sees it', async () => {
  const { ana, bo, room, path } = await createScenario()
  const socket = await connect(ana.token, room.id)
  const { media } = await upload(bo, room.id, png, { name: 'dot.png' })
  expect(media).toMatchObject({
    kind: 'image',
    type: 'image/png',
    name: 'dot.png',
    size: png.length,
    width: 1,
    height: 1,
    orientation: null,
  })
  const id = media?.id as string
  const { status, body } = await bo.post(`${path}/messages`, showing(id))
  expect([status, body.text, body.attachments]).toEqual([201, '', [media]])
  expect(await socket.event(body.seq)).toMatchObject({ message: { attachments: [media] } })
  expect((await ana.get(`${path}/messages`)).body.items[0].attachments).toEqual([media])
  const { status: got, bytes, headers } = await download(ana.token, `/v1/media/${id}`)
  expect([got, bytes]).toEqual([200, png])
  expect(headers.get('Content-Length')).toBe(String(png.length))
  expect(await storedKeys(room.id)).toEqual([mediaKey(id)])
})

it('media is attached over the socket as well', async () => {
  const { bo, room, path } = await createScenario()
  const socket = await connect(bo.token, room.id)
  const id = await uploadPicture(bo, room.id)
  socket.send({ do: 'message.post', ref: 1, nonce: 'photo', attachments: [id] })
  const { seq } = (await socket.answer(1)) as { seq: number }
  expect((await bo.get(`${path}/messages/${seq}`)).body.attachments).toMatchObject([{ id }])
})

it('a repeat of the post answers with the same media', async () => {
  const { bo, room, path } = await createScenario()
  const message = showing(await uploadPicture(bo, room.id))
  const first = await bo.post(`${path}/messages`, message)
  const again = await bo.post(`${path}/messages`, message)
  expect([again.status, again.body]).toEqual([200, first.body])
})

it("someone else's media cannot be attached, nor what a message has, nor the same twice", async () => {
  const { ana, bo, room, path } = await createScenario()
  const id = await uploadPicture(bo, room.id)
  expect((await ana.post(`${path}/messages`, showing(id))).body.code).toBe('invalid')
  expect((await bo.post(`${path}/messages`, showing(id, id))).body.code).toBe('invalid')
  expect((await bo.post(`${path}/messages`, showing(`${room.id}.made-up`))).body.code).toBe(
    'invalid',
  )
  expect((await bo.post(`${path}/messages`, showing(id))).status).toBe(201)
  expect((await bo.post(`${path}/messages`, showing(id))).body.code).toBe('conflict')
})

it('a message has at most ten, and says something when it has none', async () => {
  const { bo, room, path } = await createScenario()
  const ids = await Promise.all(Array.from({ length: 11 }, () => uploadPicture(bo, room.id)))
  expect((await bo.post(`${path}/messages`, showing(...ids))).body.code).toBe('invalid')
  const { body } = await bo.post(`${path}/messages`, showing(...ids.slice(1)))
  expect(body.attachments.map(({ id }: { id: string }) => id)).toEqual(ids.slice(1))
  expect((await bo.post(`${path}/messages`, newMessage(' '))).body.code).toBe('invalid')
  expect((await bo.post(`${path}/messages`, { nonce: 'mute' })).body.code).toBe('invalid')
})

it('what is not attached yet is seen by its uploader alone', async () => {
  const { ana, bo, room } = await createScenario()
  const id = await uploadPicture(bo, room.id)
  expect((await download(bo.token, `/v1/media/${id}`)).status).toBe(200)
  expect((await download(ana.token, `/v1/media/${id}`)).status).toBe(404)
})
