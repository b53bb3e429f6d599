import type { Me, User } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { textOf, useForm } from '../../app/forms'
import { nameOf } from '../../app/names'
import { useAction, useListing } from '../../app/requests'
import { Avatar } from '../../components/avatar'
import { Field, FormProblem } from '../../components/field'
import { Failure, Skeleton } from '../../components/states'
import { Block } from './block'
import { patchMe } from './patch-me'

/** Who may reach the user, and who may not. */
export function Privacy({ me }: { me: Me }) {
  return (
    <>
      {!me.guest && <Policies me={me} />}
      <Blocked />
    </>
  )
}

const CONNECTIONS = ['connections', 'Friends, and people who follow me back'] as const
const EVERYONE = ['everyone', 'Everyone'] as const
const NOBODY = ['nobody', 'Nobody'] as const

function Policies({ me }: { me: Me }) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    const names = ['messagePolicy', 'addPolicy', 'lastSeenPolicy']
    await patchMe(chat, Object.fromEntries(names.map((name) => [name, textOf(form, name)])))
    notify('Your privacy settings are saved.')
  })
  return (
    <Block
      title="Who may reach you"
      text="Whoever shares a room with you can always read you there."
    >
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="Who may send you direct messages"
          name="messagePolicy"
          defaultValue={me.messagePolicy}
          options={[
            EVERYONE,
            CONNECTIONS,
            ['friends', 'Friends'],
            ['mutuals', 'People I follow who follow me back'],
            NOBODY,
          ]}
          error={errors.messagePolicy}
        />
        <Field
          label="Who may add you to rooms"
          name="addPolicy"
          defaultValue={me.addPolicy}
          options={[EVERYONE, CONNECTIONS, NOBODY]}
          hint="Others can send you an invite."
          error={errors.addPolicy}
        />
        <Field
          label="Who sees when you were last here"
          name="lastSeenPolicy"
          defaultValue={me.lastSeenPolicy}
          options={[EVERYONE, CONNECTIONS, NOBODY]}
          hint="Only people with whom you may exchange direct messages."
          error={errors.lastSeenPolicy}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Saving …' : 'Save privacy'}
        </button>
      </form>
    </Block>
  )
}

function Blocked() {
  const { items, isLoading, hasMore, problem, loadMore, reload } = useListing<User>('/v1/me/blocks')
  return (
    <Block
      title="Blocked people"
      text="They cannot write to you, add you or follow you, and are not told. You block somebody where you see them."
    >
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={1} label="Loading blocked people" />}
      {!isLoading && !problem && items.length === 0 && (
        <p class="account-none">You block nobody.</p>
      )}
      {items.length > 0 && (
        <ul class="rows">
          {items.map((user) => (
            <BlockedUser key={user.id} user={user} onUnblocked={reload} />
          ))}
        </ul>
      )}
      {hasMore && (
        <button type="button" class="button button-quiet" onClick={loadMore}>
          More
        </button>
      )}
    </Block>
  )
}

function BlockedUser({ user, onUnblocked }: { user: User; onUnblocked: () => void }) {
  const chat = useChat()
  const name = nameOf(user)
  const { run, isBusy, problem } = useAction(async () => {
    await chat.request('DELETE', `/v1/me/blocks/${user.id}`)
    notify(`You no longer block ${name}.`)
    onUnblocked()
  })
  return (
    <li class="row">
      <Avatar id={user.id} name={name} url={user.avatarUrl} />
      <div class="row-text">
        <p class="row-title">{name}</p>
        {user.username && <p class="row-facts">@{user.username}</p>}
        <FormProblem problem={problem} />
      </div>
      <button type="button" class="button button-small" disabled={isBusy} onClick={() => run()}>
        Unblock<span class="visually-hidden"> {name}</span>
      </button>
    </li>
  )
}
