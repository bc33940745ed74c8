/** The script of HTML files with a graph. */
import type {GraphPageData} from '../../src/emit/page/page-data.ts'
import {readData} from '../page-file.ts'
import {mountGraph} from './graph.ts'

mountGraph(document.body, readData<GraphPageData>())
