package io.elbo4j.spark

import io.elbo4j.{Backend, Backends}
import io.elbo4j.train.{Evaluator, ShardOrder, Trainer}
import io.elbo4j.train.Trainer.Position
import io.elbo4j.train.checkpoint.{Checkpoint, CheckpointException}
import io.elbo4j.train.data.Standardisation
import io.elbo4j.train.graph.Parameters
import io.elbo4j.train.model.Model
import io.elbo4j.train.worker.{SocketExchange, WorkerException}
import java.nio.channels.ServerSocketChannel
import java.time.Duration
import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.Path
import org.apache.spark.{BarrierTaskContext, TaskKilledException}
import scala.jdk.CollectionConverters._
import scala.util.Using

/** A task of the barrier stage that trains: it holds its rows, meets the others once, and exchanges over sockets. */
private[spark] object Worker {
  /** All tasks run when their addresses are known. */
  private val Patience = Duration.ofMinutes(1)

  /** What comes of it, from worker 0 alone. */
  case class Outcome(model: Array[Byte], history: Seq[VaeEpoch], best: Int)

  def train(rows: Iterator[(Long, Sample)], plan: Plan, configuration: Configuration): Iterator[Outcome] = {
    val task = BarrierTaskContext.get()
    val held = Held.read(rows, plan)
    val own = ServerSocketChannel.open()
    task.addTaskCompletionListener[Unit](_ => own.close())
    val met = meet(task, held, own)
    val (sizes, digests) = (met.flatMap(_.sizes), met.flatMap(_.digests))
    Held.requireBatch(sizes, plan.batch)
    val scale = Held.weightScale(sizes, met.flatMap(_.weights))
    val train = Held.images("training rows", held.train, plan, scale)
    val addresses = java.util.List.of(met.map(_.address): _*)
    val exchange = SocketExchange.connect(addresses, task.partitionId(), own, Patience)
    try Using.Manager { use =>
      val backend = use(Backends.open(plan.backend, task.cpus()))
      val model = plan.model(Math.toIntExact(sizes.map(_.toLong).sum))
      val parameters = use(new Parameters(backend, model.graph.parameters, plan.seed))
      val order = new ShardOrder(sizes.toArray, plan.batch, exchange.rank, plan.workers)
      val data = new Checkpoint.Data(order.rows, plan.size._1, plan.size._2, plan.size._3, Held.fingerprint(digests))
      val start = new Checkpoint(model.settings, plan.training, data, Position.START)
      val run = Option.when(exchange.rank == 0)(new Run(plan, start, model, parameters, configuration))
      val trainer = use(new Trainer(model, parameters, backend, plan.training, train.get,
        run.map(_.position).getOrElse(Position.START), Standardisation.NONE, order, exchange))
      val steps = () => {
        if (task.isInterrupted()) throw new TaskKilledException
        trainer.steps(1)
      }
      run.map(_.lead(trainer, steps, held.validation, scale, backend)).orElse(follow(steps)).iterator
    }.get
    catch {
      case e: Throwable =>
        exchange.abandon(String.valueOf(e.getMessage).stripSuffix("."))
        throw e
    } finally exchange.close()
  }

  /** Until worker 0 ends. */
  private def follow(step: () => Unit): Option[Outcome] =
    try {
      while (true) step()
      None
    } catch {
      case e: WorkerException if e.isEnd => None
    }

  /** What a worker tells the others of itself. */
  private case class Greeting(address: String, sizes: Seq[Int], weights: Seq[Double],
      digests: Seq[String])

  /** By rank. */
  private def meet(task: BarrierTaskContext, held: Held, own: ServerSocketChannel): Seq[Greeting] = {
    val host = task.getTaskInfos()(task.partitionId()).address.replaceFirst(":\\d*$", "")
    val port = own.bind(null, ShardOrder.SHARDS).socket.getLocalPort
    val lists = Seq(held.sizes, held.weights, held.digests).map(_.mkString(","))
    task.allGather(s"$host:$port ${lists.mkString(" ")}").toSeq.map { said =>
      val address +: each = said.split(" ").toSeq: @unchecked
      val Seq(sizes, weights, digests) = each.map(_.split(",").toSeq)
      Greeting(address, sizes.map(_.toInt), weights.map(_.toDouble), digests)
    }
  }
}

/**
 * The training of worker 0, which says how long it lasts, and keeps what it comes to.
 *
 * @param parameters where it begins: at a checkpoint, if there is one
 */
private[spark] class Run(plan: Plan, start: Checkpoint, model: Model, parameters: Parameters,
    configuration: Configuration) {
  private val store = plan.checkpoints.map(path => new RunStore(new Path(path), configuration))
  private var saved: Option[Saved] = store.flatMap(_.read())

  val position: Position = saved.map(s => restore(s.last)).getOrElse(Position.START)

  private def restore(bytes: Array[Byte]): Position = ModelFile.local(bytes) { file =>
    val loaded = Checkpoint.read(file)
    val found = loaded.checkpoint
    for ((of, there, asked) <- Seq(("model", found.model, start.model), ("training", found.training, start.training),
        ("data", found.data, start.data)) if there != asked) {
      throw new CheckpointException(s"checkpointPath ${plan.checkpoints.get} holds a training with another $of, $there,"
        + s" not $asked: give another path, or what that one was begun with")
    }
    refuseHistory(saved.get.history)
    loaded.restore(parameters)
    found.position
  }

  private def refuseHistory(history: Seq[VaeEpoch]): Unit = {
    val path = s"checkpointPath ${plan.checkpoints.get}"
    if (history.length > plan.epochs) {
      throw new CheckpointException(s"$path holds a training of ${history.length} epochs, expected at most maxIter"
        + s" ${plan.epochs}: give another path, or a larger maxIter")
    }
    if (history.exists(_.validationElbo.isNaN == plan.patience.nonEmpty)) {
      val (had, has) = if (plan.patience.isEmpty) ("with", "without") else ("without", "with")
      throw new CheckpointException(s"$path holds a training $had validation rows, expected one $has: give another path")
    }
  }

  private def checkpoint(at: Position): Array[Byte] = ModelFile.written(start.at(at).write(_, parameters))

  def lead(trainer: Trainer, step: () => Unit, validation: Seq[Sample], scale: Double,
      backend: Backend): Worker.Outcome = {
    if (validation.nonEmpty) Held.requireWeight("validation", validation.map(_.weight).sum)
    var history = saved.map(_.history).getOrElse(Seq.empty)
    val evaluator = Held.images("validation rows", validation, plan, scale)
      .map(new Evaluator(model, parameters, backend, _, plan.seed))
    try {
      while (history.length < plan.epochs && !isExhausted(history)) {
        for (_ <- 1L to trainer.stepsPerEpoch) step()
        trainer.checkParameters()
        val terms = trainer.elbo()
        val of = evaluator.map(evaluated(_, validation, trainer.position.step)).getOrElse(Double.NaN)
        history :+= VaeEpoch(history.length + 1, terms.elbo, terms.reconstruction, terms.kl, of)
        keep(history, trainer.position)
      }
    } finally evaluator.foreach(_.close())
    val state = saved.get
    Worker.Outcome(state.best.getOrElse(state.last), history, best(history))
  }

  /** The average over rows as they weigh. */
  private def evaluated(evaluator: Evaluator, rows: Seq[Sample], draw: Long): Double =
    if (!plan.weighted) evaluator.evaluate(draw).elbo.elbo
    else {
      val each = evaluator.rows(draw).asScala.zip(rows)
      each.map { case (terms, row) => terms.elbo * row.weight }.sum / rows.map(_.weight).sum
    }

  private def keep(history: Seq[VaeEpoch], at: Position): Unit = {
    val isBest = plan.patience.nonEmpty && best(history) == history.length
    val isDue = history.length == plan.epochs || isExhausted(history) ||
      store.nonEmpty && plan.interval > 0 && history.length % plan.interval == 0
    if (isBest || isDue) {
      val bytes = checkpoint(at)
      saved = Some(Saved(bytes, if (isBest) Some(bytes) else saved.flatMap(_.best), history))
    }
    if (isDue) store.foreach(_.write(saved.get))
  }

  /** The epoch that is kept: of equal ones the first. */
  private def best(history: Seq[VaeEpoch]): Int =
    if (plan.patience.isEmpty) history.length
    else history.reduce((a, b) => if (b.validationElbo > a.validationElbo) b else a).epoch

  private def isExhausted(history: Seq[VaeEpoch]): Boolean =
    history.nonEmpty && plan.patience.exists(history.length - best(history) >= _)
}
