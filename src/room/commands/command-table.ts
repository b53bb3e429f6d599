import type { ReadMarker } from '../../schemas/read-markers'
import type { ThreadMarker } from '../../schemas/threads'
import { addReaction, removeReaction } from './add-reaction'
import type { CommandContext, Handler } from './command-context'
import { deleteMessage } from './delete-message'
import { type EditInput, editMessage } from './edit-message'
import { followThread, markThread, unfollowThread } from './follow-thread'
import { type LiveEvent, sendLiveEvent } from './live-event'
import { pinMessage, unpinMessage } from './pin-message'
import { type PostInput, postMessage } from './post-message'
import { moveReadMarker } from './read-marker'
import { typing } from './typing'

/** What each command of the wire takes. */
export interface CommandInputs {
  'message.post': PostInput
  'message.edit': EditInput
  'message.delete': { seq: number }
  'message.pin': { seq: number }
  'message.unpin': { seq: number }
  'reaction.add': { seq: number; emoji: string }
  'reaction.remove': { seq: number; emoji: string }
  'read.mark': ReadMarker
  'thread.follow': { seq: number }
  'thread.unfollow': { seq: number }
  'thread.read': { seq: number } & ThreadMarker
  typing: unknown
  'live.send': LiveEvent
}

export type CommandName = keyof CommandInputs

/** What the answer to a command takes from its result. */
export interface CommandValue {
  seq: number
  droppedMentions?: string[]
}

/** From a command's name (`do`) to its handler: the one table that sockets and batches share. */
export const commandTable: {
  readonly [Name in CommandName]: Handler<CommandInputs[Name], CommandValue>
} = {
  'message.post': postMessage,
  'message.edit': editMessage,
  'message.delete': deleteMessage,
  'message.pin': pinMessage,
  'message.unpin': unpinMessage,
  'reaction.add': addReaction,
  'reaction.remove': removeReaction,
  'read.mark': moveReadMarker,
  'thread.follow': followThread,
  'thread.unfollow': unfollowThread,
  'thread.read': markThread,
  typing,
  'live.send': sendLiveEvent,
}

/** Runs one command by its name. */
export const runCommand = <Name extends CommandName>(
  name: Name,
  context: CommandContext,
  input: CommandInputs[Name],
) => commandTable[name](context, input)
