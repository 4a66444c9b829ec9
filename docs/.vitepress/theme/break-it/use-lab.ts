import { onBeforeUnmount, shallowRef } from 'vue'
import { createLab, type Lab } from './lab.ts'
import { runScene, type Scene } from './scenes.ts'
import { viewOf } from './view.ts'

/** Times between two pictures, in milliseconds: the usual one, and the one of readers who want less motion. */
const usualMs = 50
const calmMs = 500

/** Makes a lab for a component, and what that shows of it. */
export function useLab() {
  const pauseMs = matchMedia('(prefers-reduced-motion: reduce)').matches ? calmMs : usualMs
  let timer: ReturnType<typeof setTimeout> | undefined

  const refreshSoon = () => {
    timer ??= setTimeout(refresh, pauseMs)
  }
  const refresh = () => {
    clearTimeout(timer)
    timer = undefined
    view.value = viewOf(lab)
    // Time passes, also if nothing happens.
    if (lab.isBusy()) refreshSoon()
  }

  let lab = createLab(refreshSoon)
  const view = shallowRef(viewOf(lab))
  const scene = shallowRef<Scene>()

  /** Does something with the lab, and shows it. */
  const act = (work: (lab: Lab) => void) => {
    work(lab)
    refresh()
  }
  const startOver = () => {
    lab.end()
    lab = createLab(refreshSoon)
    scene.value = undefined
    refresh()
  }
  const play = (chosen: Scene) => {
    startOver()
    scene.value = chosen
    void runScene(lab, chosen)
    refresh()
  }

  onBeforeUnmount(() => {
    lab.end()
    clearTimeout(timer)
  })
  return { view, scene, act, play, startOver }
}
