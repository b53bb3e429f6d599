import type { Author } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { nameOf } from '../app/names'
import { useAction, useReading } from '../app/requests'
import { addressOf, go } from '../app/routes'
import { useTitle } from '../app/title'
import { Avatar } from '../components/avatar'
import { FormProblem } from '../components/field'
import { Empty, Skeleton } from '../components/states'
import { ViewFrame } from './view-frame'

interface Preview {
  room: {
    id: string
    name: string | null
    topic: string | null
    avatarUrl: string | null
    memberCount: number
  }
  by: Author
}

/** What a link of invitation leads to. */
export function Invite({ code }: { code: string }) {
  useTitle('Invite')
  const chat = useChat()
  const { value, problem } = useReading<Preview>(`/v1/invites/${encodeURIComponent(code)}`)
  const joining = useAction(async (roomId: string) => {
    await chat.request('PUT', `/v1/rooms/${roomId}/members/@me`, { invite: code })
    go(addressOf.room(roomId), { replace: true })
  })
  if (problem)
    return (
      <ViewFrame title="Invite">
        <Empty icon="lock" title="This invite opens nothing">
          <p>{problem}</p>
        </Empty>
      </ViewFrame>
    )
  if (!value)
    return (
      <ViewFrame title="Invite">
        <Skeleton rows={2} label="Loading the invite" />
      </ViewFrame>
    )
  const { room, by } = value
  const name = room.name ?? 'Unnamed room'
  return (
    <ViewFrame title="Invite">
      <div class="invite">
        <Avatar id={room.id} name={name} url={room.avatarUrl} shape="square" size="huge" />
        <h2>{name}</h2>
        {room.topic && <p>{room.topic}</p>}
        <p class="card-facts">
          {nameOf(by)} invites you. {room.memberCount}{' '}
          {room.memberCount === 1 ? 'member' : 'members'}.
        </p>
        <FormProblem problem={joining.problem} />
        <button
          type="button"
          class="button button-primary"
          disabled={joining.isBusy}
          onClick={() => joining.run(room.id)}
        >
          {joining.isBusy ? 'Joining …' : 'Join'}
        </button>
      </div>
    </ViewFrame>
  )
}
