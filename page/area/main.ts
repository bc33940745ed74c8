/** The script of HTML files with areas. */
import type {AreaPageData} from '../../src/emit/page/page-data.ts'
import {readData} from '../page-file.ts'
import {mountAreas} from './areas.ts'

mountAreas(document.body, readData<AreaPageData>())
