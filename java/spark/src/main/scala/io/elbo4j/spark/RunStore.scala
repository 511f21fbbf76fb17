package io.elbo4j.spark

import com.google.gson.{Gson, GsonBuilder}
import java.io.IOException
import java.nio.charset.StandardCharsets.UTF_8
import java.util.UUID
import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.Path

/**
 * Where a training stands.
 *
 * @param last a checkpoint's bytes
 * @param best that of the best epoch, where there are validation rows
 */
private[spark] case class Saved(last: Array[Byte], best: Option[Array[Byte]], history: Seq[VaeEpoch])

/** A folder with the last checkpoint of a training, as a folder of its own that is renamed when it is whole. */
private[spark] class RunStore(folder: Path, configuration: Configuration) {
  private val files = folder.getFileSystem(configuration)
  private val gson: Gson = new GsonBuilder().serializeSpecialFloatingPointValues().create()

  private def epochs: Seq[(Int, Path)] =
    if (!files.exists(folder)) Seq.empty
    else files.listStatus(folder).toSeq.map(_.getPath).collect {
      case path if path.getName.matches("epoch-\\d{1,9}") => (path.getName.drop(6).toInt, path)
    }.sortBy(_._1)

  def read(): Option[Saved] = epochs.lastOption.map { case (_, path) =>
    val best = new Path(path, RunStore.Best)
    val history = new String(ModelFile.read(new Path(path, RunStore.History), configuration), UTF_8)
    Saved(ModelFile.read(new Path(path, ModelFile.Name), configuration),
      Option.when(files.exists(best))(ModelFile.read(best, configuration)),
      gson.fromJson(history, classOf[Array[VaeEpoch]]).toSeq)
  }

  def write(saved: Saved): Unit = {
    val epoch = new Path(folder, s"epoch-${saved.history.length}")
    val unfinished = new Path(folder, s".${UUID.randomUUID()}")
    val earlier = epochs.filter(_._2.getName != epoch.getName)
    ModelFile.write(new Path(unfinished, ModelFile.Name), saved.last, configuration)
    saved.best.foreach(ModelFile.write(new Path(unfinished, RunStore.Best), _, configuration))
    val history = gson.toJson(saved.history.toArray).getBytes(UTF_8)
    ModelFile.write(new Path(unfinished, RunStore.History), history, configuration)
    files.delete(epoch, true)
    if (!files.rename(unfinished, epoch)) throw new IOException(s"$unfinished could not be renamed to $epoch")
    earlier.foreach { case (_, path) => files.delete(path, true) }
  }
}

private[spark] object RunStore {
  private val Best = "best.safetensors"
  private val History = "history.json"
}
