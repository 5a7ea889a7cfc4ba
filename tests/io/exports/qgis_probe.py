"""Runs in Debian's Python with QGIS: opens what is named and prints what QGIS sees, as JSON.

Arguments: project.qgz package.gpkg areas.shp areas.sld picture.png
"""

import json
import os
import sys

from qgis.core import (
    QgsApplication,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage, QPainter


def symbol(of):
    return {"colour": of.color().name(), "layers": of.symbolLayerCount()}


def described(layer):
    renderer = layer.renderer()
    kind = renderer.type()
    if kind == "categorizedSymbol":
        classes = [[c.value(), c.label(), symbol(c.symbol())["colour"]] for c in renderer.categories()]
    elif kind == "RuleRenderer":
        classes = [
            [r.filterExpression(), r.label(), symbol(r.symbol())["colour"]] for r in renderer.rootRule().children()
        ]
    else:
        classes = [["", "", symbol(renderer.symbol())["colour"]]]
    return {
        "valid": layer.isValid(),
        "rows": layer.featureCount(),
        "crs": layer.crs().authid(),
        "renderer": kind,
        "classes": classes,
        "fields": layer.fields().names(),
        "titles": [layer.attributeAlias(number) for number in range(len(layer.fields().names()))],
        "display": layer.displayField(),
    }


def lines(layer):
    """The lines of the symbol of each class: kind, colour, whether dashed and how."""
    renderer = layer.renderer()
    if renderer.type() != "categorizedSymbol":
        return []
    return [
        [
            [one.layerType(), one.color().name(), list(one.customDashVector()) if one.useCustomDashPattern() else None]
            for one in c.symbol().symbolLayers()
            if one.layerType() == "SimpleLine"
        ]
        for c in renderer.categories()
    ]


def counted(layer):
    """How many rows QGIS draws in each class."""
    from qgis.core import QgsRenderContext

    renderer = layer.renderer().clone()
    context = QgsRenderContext()
    context.expressionContext().appendScopes([])
    renderer.startRender(context, layer.fields())
    counts = {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        for key in renderer.legendKeysForFeature(feature, context):
            counts[key] = counts.get(key, 0) + 1
    renderer.stopRender(context)
    labels = {item.ruleKey(): item.label() for item in renderer.legendSymbolItems()}
    return {labels[key]: count for key, count in counts.items() if key in labels}


def picture(layers, crs, extent, path):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(crs)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(600, 500))
    image = QImage(QSize(600, 500), QImage.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.renderSynchronously()
    painter.end()
    image.save(path)
    return image


def main(project_path, package, shape, sld, png):
    project = QgsProject.instance()
    read = project.read(project_path)
    nodes = project.layerTreeRoot().findLayers()
    layers = {}
    for node in nodes:
        layer = node.layer()
        layers[layer.id()] = {
            **described(layer),
            "folder": node.parent().name(),
            "title": node.name(),
            "on": node.isVisible(),
            "drawn": counted(layer),
            "lines": lines(layer),
        }
    areas = QgsVectorLayer(package + "|layername=areas", "areas", "ogr")
    bundle = QgsVectorLayer(shape, "shape", "ogr")
    plain = QgsVectorLayer(shape, "sld", "ogr")
    message, has_sld = plain.loadSldStyle(sld)
    extent = QgsRectangle(areas.extent())
    image = picture([node.layer() for node in nodes if node.isVisible()], project.crs(), extent, png)
    answer = {
        "read": read,
        "crs": project.crs().authid(),
        "crs_valid": project.crs().isValid(),
        "title": project.title(),
        "layers": layers,
        "areas": described(areas),
        "areas_drawn": counted(areas),
        "shape": described(bundle),
        "shape_drawn": counted(bundle),
        "sld": described(plain) if has_sld else message,
        "sld_drawn": counted(plain),
        "colours": sorted({image.pixelColor(x, y).name() for x in range(50, 600, 100) for y in range(30, 500, 100)}),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)
