"""elbo4j's models in PySpark; the jars of elbo4j-spark_2.13 must be on Spark's class path. Untried: see README.md.

    model = VaeEstimator(settings='{"latent": 8}', orderCol="id", numWorkers=4).fit(train)
    model.transform(rows).select("id", "latent", "score")
"""

from pyspark import keyword_only
from pyspark.ml.common import inherit_doc
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import (HasFeaturesCol, HasMaxIter, HasSeed, HasStepSize, HasValidationIndicatorCol,
                                     HasWeightCol)
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

_TEXT, _INT, _FLOAT = TypeConverters.toString, TypeConverters.toInt, TypeConverters.toFloat


def _param(name, converter, doc):
    return Param(Params._dummy(), name, doc, typeConverter=converter)


class _Reader(JavaMLReader):
    """Of classes whose package is not PySpark's."""

    @classmethod
    def _java_loader_class(cls, clazz):
        return "io.elbo4j.spark." + clazz.__name__


class _Loaded:
    """PySpark looks for a module of the name of the Java package, and 'io' is Python's own. A pipeline does so, too: of
    one that was saved the stages are loaded one by one."""

    @classmethod
    def _from_java(cls, java_stage):
        stage = cls()
        stage._java_obj = java_stage
        stage._resetUid(java_stage.uid())
        stage._transfer_params_from_java()
        return stage


class _Columns(HasFeaturesCol):
    latentCol = _param("latentCol", _TEXT, "column of codes; empty for none")
    scoreCol = _param("scoreCol", _TEXT, "column of anomaly scores, minus the ELBO in nats; empty for none")
    backend = _param("backend", _TEXT, "auto, java, cpu or cuda")


@inherit_doc
class VaeEstimator(_Loaded, JavaEstimator, _Columns, HasMaxIter, HasStepSize, HasSeed, HasValidationIndicatorCol,
                   HasWeightCol, JavaMLReadable, JavaMLWritable):
    model = _param("model", _TEXT, "kind of model")
    settings = _param("settings", _TEXT, "of the model, a JSON object")
    imageSize = _param("imageSize", TypeConverters.toListInt, "height, width and channels of a row")
    batchSize = _param("batchSize", _INT, "rows of a step, a multiple of 8 and at least 32 for each worker")
    numWorkers = _param("numWorkers", _INT, "tasks that train together: 1, 2, 4 or 8")
    objective = _param("objective", _TEXT, "what is maximised")
    samples = _param("samples", _INT, "of the latent variables for each row")
    klWeight = _param("klWeight", _FLOAT, "weight of the KL in the objective")
    klWarmUp = _param("klWarmUp", _FLOAT, "epochs in which that weight grows from 0")
    freeBits = _param("freeBits", _FLOAT, "nats of a latent dimension that cost nothing")
    clip = _param("clip", _FLOAT, "norm to which gradients are scaled down")
    orderCol = _param("orderCol", _TEXT, "column by which rows are numbered")
    patience = _param("patience", _INT, "epochs without a better ELBO of the validation rows")
    checkpointPath = _param("checkpointPath", _TEXT, "folder of the last checkpoint")
    checkpointInterval = _param("checkpointInterval", _INT, "epochs between two checkpoints; -1 for none on the way")

    @keyword_only
    def __init__(self, **params):
        super().__init__()
        self._java_obj = self._new_java_obj("io.elbo4j.spark.VaeEstimator", self.uid)
        self._set(**params)

    def setParams(self, **params):
        return self._set(**params)

    def _create_model(self, java_model):
        return VaeModel(java_model)

    @classmethod
    def read(cls):
        return _Reader(cls)


@inherit_doc
class VaeModel(_Loaded, JavaModel, _Columns, JavaMLReadable, JavaMLWritable):
    def setParams(self, **params):
        return self._set(**params)

    @classmethod
    def of(cls, checkpoint):
        """The model of a checkpoint of elbo4j, or of the folder of a run."""
        from pyspark import SparkContext
        return cls(SparkContext._active_spark_context._jvm.io.elbo4j.spark.VaeModel.of(checkpoint))

    @property
    def history(self):
        """The ELBO of each epoch, of a model that was trained, not loaded."""
        return list(self._call_java("summary").objectiveHistory())

    @classmethod
    def read(cls):
        return _Reader(cls)
