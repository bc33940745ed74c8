/** Copies the faces that PNG files are drawn with into dist/fonts, with their licences: their packages hold five times as much. */
import {copyFileSync, mkdirSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const FILES = {
  'Arimo_400Regular.ttf': '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  'Arimo_700Bold.ttf': '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
  'Arimo-LICENSE.txt': '@expo-google-fonts/arimo/LICENSE_FONT',
  'DejaVuSans.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'DejaVuSans-Bold.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  'DejaVuSansMono.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf',
  'DejaVu-LICENSE.txt': 'dejavu-fonts-ttf/LICENSE',
}

const folder = new URL('../dist/fonts/', import.meta.url)
mkdirSync(folder, {recursive: true})
for (const [name, source] of Object.entries(FILES)) {
  copyFileSync(fileURLToPath(import.meta.resolve(source)), new URL(name, folder))
}
