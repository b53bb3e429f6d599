import { z } from 'zod'
import { router } from '../http/endpoint'
import { metadataChange } from '../http/merge-patch'
import { body, created, json, noContent, ok, passed, patchBody } from '../http/responses'
import { OneMessage, READING, roomEndpoint, WRITING } from '../http/room-endpoint'
import * as who from '../http/who'
import { fetchRoom } from '../room/client'
import { Events, EventsQuery } from '../schemas/events'
import { IfMatch } from '../schemas/headers'
import { Reason } from '../schemas/members'
import {
  Message,
  MessagePatch,
  Messages,
  MessagesQuery,
  NewMessage,
  WrittenMessage,
} from '../schemas/messages'
import { Versions } from '../schemas/versions'

const toWritten = ({
  message,
  droppedMentions,
}: {
  message: Message
  droppedMentions?: string[]
}): WrittenMessage => ({ ...message, ...(droppedMentions && { droppedMentions }) })

export const messages = router()
  .openapi(
    roomEndpoint({
      method: 'post',
      path: '/v1/rooms/{roomId}/messages',
      operationId: 'postMessage',
      appKey: 'messages.write',
      tags: ['messages'],
      summary: 'Post a message.',
      description: 'Posting it again with the same nonce never posts it twice.',
      who: 'Members; in an open room anyone signed in, who joins by posting.',
      request: { headers: IfMatch, body: body(NewMessage) },
      responses: {
        201: created(WrittenMessage, 'The message.'),
        200: json(
          WrittenMessage,
          'You used this nonce before: the message it posted, as it is now.',
        ),
      },
      problems: [...WRITING, 'slow_mode', 'conflict', 'gone', 'too_many'],
    }),
    async (c) => {
      const { roomId } = c.req.valid('param')
      const post = { ...c.req.valid('json'), ifSeq: c.req.valid('header')['if-match'] }
      const posted = await c.var.room((room, caller) => room.postMessage(caller, post))
      const written = toWritten(posted)
      if (!posted.isNew) return c.json(written, 200)
      return c.json(written, 201, { Location: `/v1/rooms/${roomId}/messages/${posted.seq}` })
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages',
      operationId: 'listMessages',
      appKey: 'read',
      tags: ['messages'],
      summary: 'Read messages, newest first, before, after or around a seq.',
      who: who.readers,
      orSiteStaff: true,
      request: { query: MessagesQuery },
      responses: ok(Messages, 'A page of messages.'),
      problems: READING,
    }),
    async (c) => {
      const query = c.req.valid('query')
      const page = await c.var.room((room, caller) =>
        fetchRoom(room, { path: 'messages', caller, query }),
      )
      return passed<Messages>(c, page)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages/{seq}',
      operationId: 'getMessage',
      appKey: 'read',
      tags: ['messages'],
      summary: 'Read one message.',
      who: who.readers,
      orSiteStaff: true,
      request: { params: OneMessage },
      responses: ok(Message, 'The message, or its tombstone if it was deleted.'),
      problems: READING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      return c.json(await c.var.room((room, caller) => room.readMessage(caller, seq)), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'patch',
      path: '/v1/rooms/{roomId}/messages/{seq}',
      operationId: 'editMessage',
      appKey: 'messages.write',
      tags: ['messages'],
      summary: 'Edit your message.',
      who: 'The author, while a member (capability `message.edit.own`).',
      request: { params: OneMessage, body: patchBody(MessagePatch) },
      responses: ok(WrittenMessage, 'The edited message.'),
      problems: [...WRITING, 'gone'],
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      const { metadata, ...rest } = c.req.valid('json')
      const edit = { seq, ...rest, ...metadataChange(c.req, metadata) }
      const edited = await c.var.room((room, caller) => room.editMessage(caller, edit))
      return c.json(toWritten(edited), 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'delete',
      path: '/v1/rooms/{roomId}/messages/{seq}',
      operationId: 'deleteMessage',
      appKey: 'moderation',
      tags: ['messages'],
      summary: 'Delete a message.',
      description: 'Its content is gone; a tombstone keeps its place.',
      who: 'The author (capability `message.delete.own`); with `message.delete.any`, also those with a higher role than the author; in listed rooms also site moderators.',
      orSiteStaff: true,
      request: { params: OneMessage, query: z.strictObject({ reason: Reason.optional() }) },
      responses: noContent('The message is deleted.'),
      problems: [...READING, 'suspended'],
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      const { reason } = c.req.valid('query')
      await c.var.room((room, caller) => room.deleteMessage(caller, seq, reason))
      return c.body(null, 204)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/messages/{seq}/versions',
      operationId: 'listVersions',
      tags: ['messages'],
      summary: 'Read what a message said before each edit.',
      who: who.readers,
      orSiteStaff: true,
      request: { params: OneMessage },
      responses: ok(Versions, 'The earlier versions. A deleted message has none.'),
      problems: READING,
    }),
    async (c) => {
      const { seq } = c.req.valid('param')
      const items = await c.var.room((room, caller) => room.listVersions(caller, seq))
      return c.json({ items }, 200)
    },
  )
  .openapi(
    roomEndpoint({
      method: 'get',
      path: '/v1/rooms/{roomId}/events',
      operationId: 'listEvents',
      tags: ['messages'],
      summary: 'Read every durable event after a seq, in order and without gaps.',
      who: who.readers,
      orSiteStaff: true,
      request: { query: EventsQuery },
      responses: ok(Events, 'The events, or a snapshot if you missed more than 1,000.'),
      problems: READING,
    }),
    async (c) => {
      const query = c.req.valid('query')
      const page = await c.var.room((room, caller) =>
        fetchRoom(room, { path: 'events', caller, query }),
      )
      return passed<Events>(c, page)
    },
  )
