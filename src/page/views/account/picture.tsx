import { useEffect, useRef, useState } from 'preact/hooks'
import type { Me } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { fitting } from '../../app/pictures'
import { useAction } from '../../app/requests'
import { Avatar } from '../../components/avatar'
import { FormProblem } from '../../components/field'
import { Block } from './block'

/** The avatar: chosen, looked at, then sent. */
export function Picture({ me }: { me: Me }) {
  const chat = useChat()
  const picker = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const preview = useObjectUrl(file)
  const show = (avatarUrl: string | null) => {
    chat.setMe({ ...me, avatarUrl })
    chat.changed()
    setFile(null)
  }
  const sending = useAction(async (chosen: File) => {
    const picture = await fitting(chosen)
    const headers = { 'Content-Type': picture.type || 'application/octet-stream' }
    const after = await chat.request<Me>('PUT', '/v1/me/avatar', picture, { headers })
    show(after.avatarUrl)
    notify('This is your picture now.')
  })
  const removal = useAction(async () => {
    await chat.request('DELETE', '/v1/me/avatar')
    show(null)
    notify('Your picture is removed.')
  })
  const isBusy = sending.isBusy || removal.isBusy
  return (
    <Block
      title="Picture"
      text="Others see it beside what you write. Without one they see your initials."
    >
      <div class="account-picture">
        {preview ? (
          <span class="avatar avatar-huge avatar-round">
            <img src={preview} alt="What you have chosen" />
          </span>
        ) : (
          <Avatar id={me.id} name={me.displayName} url={me.avatarUrl} size="huge" />
        )}
        <div class="account-actions">
          {file ? (
            <>
              <button
                type="button"
                class="button button-primary"
                disabled={isBusy}
                onClick={() => sending.run(file)}
              >
                {sending.isBusy ? 'Uploading …' : 'Use this picture'}
              </button>
              <button
                type="button"
                class="button button-quiet"
                disabled={isBusy}
                onClick={() => {
                  sending.clear()
                  setFile(null)
                }}
              >
                Cancel
              </button>
            </>
          ) : (
            <>
              <button
                type="button"
                class="button"
                disabled={isBusy}
                onClick={() => picker.current?.click()}
              >
                {me.avatarUrl ? 'Change picture …' : 'Choose a picture …'}
              </button>
              {me.avatarUrl && (
                <button
                  type="button"
                  class="button button-quiet"
                  disabled={isBusy}
                  onClick={() => removal.run()}
                >
                  Remove
                </button>
              )}
            </>
          )}
        </div>
        <input
          ref={picker}
          type="file"
          hidden
          accept="image/*"
          aria-label="A picture of you"
          onChange={(event) => {
            const [chosen = null] = event.currentTarget.files ?? []
            // So that the same file can be chosen again.
            event.currentTarget.value = ''
            sending.clear()
            setFile(chosen)
          }}
        />
      </div>
      <FormProblem problem={sending.problem ?? removal.problem} />
    </Block>
  )
}

/** An address for a file of this device, as long as it is shown. */
function useObjectUrl(file: File | null): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!file) return setUrl(null)
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url
}
