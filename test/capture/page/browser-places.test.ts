import assert from 'node:assert/strict'
import {delimiter} from 'node:path'
import {test} from 'node:test'
import {usualPlaces} from '../../../src/capture/page/browser.ts'

test('browsers are looked for where the installers of each system put them', () => {
  const linux = usualPlaces('linux', {PATH: ['/a', '', '/b'].join(delimiter)})
  assert.equal(linux[0], '/a/google-chrome-stable')
  assert.ok(linux.includes('/b/chromium'))
  assert.ok(
    linux.every(path => path.startsWith('/a/') || path.startsWith('/b/')),
    'nothing of the current folder',
  )
  const mac = usualPlaces('darwin', {HOME: '/Users/me'})
  assert.ok(mac.includes('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'))
  assert.ok(mac.includes('/Users/me/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'))
  const windows = usualPlaces('win32', {
    PROGRAMFILES: 'C:\\Program Files',
    LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local',
  })
  assert.ok(windows.includes('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'))
  assert.ok(windows.includes('C:\\Users\\me\\AppData\\Local\\Microsoft\\Edge\\Application\\msedge.exe'))
  assert.deepEqual(usualPlaces('win32', {}), [])
})
