import { z } from 'zod'
import { bearer, body, created, endpoint, json, passed, router } from '../http/endpoint'
import { requireSession } from '../middleware/require-session'
import { retryAsSiteStaff } from '../middleware/site-staff-retry'
import { ask, send } from '../room/client'
import { Events, EventsQuery } from '../schemas/events'
import { IfMatch } from '../schemas/headers'
import { Reason } from '../schemas/members'
import { Message, MessagePatch, Messages, MessagesQuery, NewMessage } from '../schemas/messages'
import { Id, SeqParam } from '../schemas/primitives'
import { Versions } from '../schemas/versions'

const InRoom = z.strictObject({ roomId: Id })
const OneMessage = z.strictObject({ roomId: Id, seq: SeqParam })
const reader = 'Anyone who may read the room.'

export const messages = router()
  .openapi(
    endpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/messages',
      operationId: 'postMessage',
      tags: ['messages'],
      summary: 'Post a message, exactly once per nonce for ever.',
      who: 'Members; in an open room anyone signed in, who joins by it.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, headers: IfMatch, body: body(NewMessage) },
      responses: {
        201: created(Message, 'The message.'),
        200: json(Message, 'The nonce was known: the first message that had it, as it is now.'),
      },
      problems: [
        'not_found',
        'forbidden',
        'suspended',
        'muted',
        'frozen',
        'banned',
        'slow_mode',
        'conflict',
        'gone',
        'too_many',
      ],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const { userId } = c.var.access
      const ifSeq = c.req.valid('header')['if-match']
      const draft = { ...c.req.valid('json'), ifSeq }
      const { message, isNew } = await ask(c.env.ROOMS, roomId, (r) =>
        r.postMessage({ userId }, draft),
      )
      if (!isNew) return c.json(message, 200)
      return c.json(message, 201, { Location: `/v1/rooms/${roomId}/messages/${message.seq}` })
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages',
      operationId: 'listMessages',
      tags: ['messages'],
      summary: 'Read messages, newest first, before, after or around a place.',
      who: reader,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, query: MessagesQuery },
      responses: { 200: json(Messages, 'A page of messages.') },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const query = c.req.valid('query')
      const page = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => send(r, { what: 'messages', caller, query })),
      )
      return passed<Messages>(c, page)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages/{seq}',
      operationId: 'getMessage',
      tags: ['messages'],
      summary: 'Read one message.',
      who: reader,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMessage },
      responses: { 200: json(Message, 'The message, or its tombstone.') },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId, seq } = c.req.valid('param')
      return c.json(
        await retryAsSiteStaff(c.var, (caller) =>
          ask(c.env.ROOMS, roomId, (r) => r.readMessage(caller, seq)),
        ),
        200,
      )
    },
  )
  .openapi(
    endpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/messages/{seq}',
      operationId: 'editMessage',
      tags: ['messages'],
      summary: 'Change the text of your message.',
      who: 'Its author, as a member (capability `message.edit.own`).',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMessage, body: body(MessagePatch) },
      responses: { 200: json(Message, 'The message as it is now.') },
      problems: [
        'not_found',
        'forbidden',
        'suspended',
        'muted',
        'frozen',
        'banned',
        'gone',
        'too_many',
      ],
    }),
    async (c) => {
      const { roomId, seq } = c.req.valid('param')
      const { text } = c.req.valid('json')
      const { userId } = c.var.access
      const { message } = await ask(c.env.ROOMS, roomId, (r) =>
        r.editMessage({ userId }, seq, text),
      )
      return c.json(message, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/messages/{seq}',
      operationId: 'deleteMessage',
      tags: ['messages'],
      summary: 'Delete a message: its place stays, what it said is gone.',
      who: 'Its author (capability `message.delete.own`); `message.delete.any` for those of lower roles; moderators of the site in listed rooms.',
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMessage, query: z.strictObject({ reason: Reason.optional() }) },
      responses: { 204: { description: 'It is deleted.' } },
      problems: ['not_found', 'forbidden', 'banned', 'suspended'],
    }),
    async (c) => {
      const { roomId, seq } = c.req.valid('param')
      const { reason } = c.req.valid('query')
      await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => r.deleteMessage(caller, seq, reason)),
      )
      return c.body(null, 204)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages/{seq}/versions',
      operationId: 'listVersions',
      tags: ['messages'],
      summary: 'What a message said before it was edited.',
      who: reader,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: OneMessage },
      responses: { 200: json(Versions, 'Earlier versions, none for a deleted message.') },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId, seq } = c.req.valid('param')
      const items = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => r.listVersions(caller, seq)),
      )
      return c.json({ items }, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/events',
      operationId: 'listEvents',
      tags: ['messages'],
      summary: 'Everything durable that happened after a seq, dense and in order.',
      who: reader,
      security: bearer,
      middleware: [requireSession] as const,
      request: { params: InRoom, query: EventsQuery },
      responses: {
        200: json(Events, 'The events, or a snapshot when more than 1,000 were missed.'),
      },
      problems: ['not_found', 'forbidden', 'banned'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const query = c.req.valid('query')
      const page = await retryAsSiteStaff(c.var, (caller) =>
        ask(c.env.ROOMS, roomId, (r) => send(r, { what: 'events', caller, query })),
      )
      return passed<Events>(c, page)
    },
  )
