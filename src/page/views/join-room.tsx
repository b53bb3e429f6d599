import { useChat } from '../../client/react/chatroom-react'
import { useAction } from '../app/requests'
import { Field, FormProblem } from '../components/field'

/** The way into a closed room: its password, or being on its list. */
export function JoinRoom({
  roomId,
  isOpen = false,
  onJoined,
}: {
  roomId: string
  isOpen?: boolean
  onJoined?: () => void
}) {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    const password = String(form.get('password') ?? '')
    await chat.request(
      'PUT',
      `/v1/rooms/${encodeURIComponent(roomId)}/members/@me`,
      password ? { password } : {},
    )
    chat.room(roomId).reopen()
    onJoined?.()
  })
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    run(new FormData(event.currentTarget as HTMLFormElement))
  }
  return (
    <form class="join" onSubmit={onSubmit}>
      {!isOpen && (
        <Field
          label="Password of the room"
          name="password"
          type="password"
          autocomplete="off"
          hint="Leave it empty if you were put on its list."
        />
      )}
      <FormProblem problem={problem} />
      <button type="submit" class="button button-primary" disabled={isBusy}>
        {isBusy ? 'Joining …' : 'Join'}
      </button>
    </form>
  )
}
